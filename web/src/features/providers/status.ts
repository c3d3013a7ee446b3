import type { Provider, ProviderKey, Test } from './types'

/** How a key stands. A failure stays until a request succeeds: a test says nothing about requests. */
export type Status = 'off' | 'unspoken' | 'failing' | 'ok' | 'untried'

export function statusOf(
  { enabled, lastAttemptAt, lastError }: ProviderKey,
  provider: Provider | undefined,
  test: Test,
): Status {
  if (provider && !provider.supported) return 'unspoken'
  if (!enabled) return 'off'
  if (lastError) return 'failing'
  return lastAttemptAt || (typeof test === 'object' && test.ok) ? 'ok' : 'untried'
}
