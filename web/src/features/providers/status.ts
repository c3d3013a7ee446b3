import type { ProviderKeysQuery } from '../../gql/providers'
import type { Provider, ProviderKey, Test } from './types'

type Log = NonNullable<ProviderKeysQuery['workspace']>['logs']

/**
 * How a key stands. `unseen`: none of the last requests tried it; `untried`: no request ever did.
 * A failure stays until a request succeeds: a test says nothing about requests.
 */
export type Status = 'off' | 'unspoken' | 'failing' | 'ok' | 'unseen' | 'untried'

export function statusOf(
  key: ProviderKey,
  provider: Provider | undefined,
  log: Log,
  test: Test,
): Status {
  if (provider && !provider.supported) return 'unspoken'
  if (!key.enabled) return 'off'
  if (key.lastError) return 'failing'
  if (wasTried(key, log) || (typeof test === 'object' && test.ok)) return 'ok'
  return log.pageInfo.hasNextPage ? 'unseen' : 'untried'
}

function wasTried({ label, createdAt }: ProviderKey, { nodes }: Log): boolean {
  const since = Date.parse(createdAt)
  return nodes.some(
    (row) =>
      Date.parse(row.createdAt) >= since && row.attempts.some((attempt) => attempt.label === label),
  )
}
