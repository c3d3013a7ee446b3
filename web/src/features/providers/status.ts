import type { ProviderKey, Test } from './types'

/** How a key stands. A failure stays until a request succeeds: a test says nothing about requests. */
export type Status = 'off' | 'failing' | 'ok' | 'untried'

export function statusOf({ enabled, lastAttemptAt, lastError }: ProviderKey, test: Test): Status {
  if (!enabled) return 'off'
  if (lastError) return 'failing'
  return lastAttemptAt || (typeof test === 'object' && test.ok) ? 'ok' : 'untried'
}
