import { instant, oneOf, text, type Search } from '../../lib/url'
import type { ProviderName } from '../../gql/logs'

/** The time ranges that end now. */
export const RANGES = ['15m', '1h', '24h', '7d', '30d'] as const
export type Range = (typeof RANGES)[number]

export const STATUSES = ['succeeded', 'failed', 'left'] as const
export type Status = (typeof STATUSES)[number]

export const PROVIDERS = [
  'OPENAI',
  'ANTHROPIC',
  'GOOGLE',
  'COHERE',
  'MISTRAL',
  'CUSTOM',
] as const satisfies readonly ProviderName[]

/** Which rows are wanted. `range` ends now; `since` and `until` are instants, and win over it. */
export type LogsFilter = {
  range?: Range | undefined
  since?: string | undefined
  until?: string | undefined
  status?: Status | undefined
  provider?: ProviderName | undefined
  /** The whole name of the model that answered. */
  model?: string | undefined
  /** Id of the API key that asked. */
  key?: string | undefined
  /** A text to look for, or a whole request id. */
  q?: string | undefined
}

/** What the address may say about this page: the filter, the page after a cursor, the open row, the live tail. */
export type LogsSearch = LogsFilter & {
  after?: string | undefined
  id?: string | undefined
  live?: boolean | undefined
}

/** The parts of an address's search that this page knows; what does not fit is left out. */
export function logsSearch(search: Search): LogsSearch {
  const since = instant(search['since'])
  const until = instant(search['until'])
  return {
    range: since || until ? undefined : oneOf(search['range'], RANGES),
    since,
    until,
    status: oneOf(search['status'], STATUSES),
    provider: oneOf(search['provider'], PROVIDERS),
    model: text(search['model']),
    key: text(search['key'], 40),
    q: text(search['q']),
    after: text(search['after']),
    id: text(search['id'], 40),
    live: search['live'] === true || search['live'] === 'true' || undefined,
  }
}
