import type { LogFilter } from '../../gql/logs'
import type { LogRow } from './rows'
import type { LogsFilter, Range } from './search'

const MINUTE_MS = 60_000
const RANGE_MINUTES: Readonly<Record<Range, number>> = {
  '15m': 15,
  '1h': 60,
  '24h': 24 * 60,
  '7d': 7 * 24 * 60,
  '30d': 30 * 24 * 60,
}

/** No filter at all; what to go back to. */
export const NO_FILTER = {
  range: undefined,
  since: undefined,
  until: undefined,
  status: undefined,
  provider: undefined,
  model: undefined,
  key: undefined,
  q: undefined,
} as const satisfies Record<keyof LogsFilter, undefined>

/** The filter in the words of the API. A range is counted back from `now`. */
export function toLogFilter(filter: LogsFilter, now = Date.now()): LogFilter {
  return {
    since: filter.since ?? (filter.range ? beginning(filter.range, now) : null),
    until: filter.until ?? null,
    succeeded: filter.status === 'succeeded' ? true : filter.status === 'failed' ? false : null,
    aborted: filter.status === 'left' ? true : null,
    provider: filter.provider ?? null,
    model: filter.model ?? null,
    apiKeyId: filter.key ?? null,
    search: filter.q?.trim() || null,
  }
}

/** Whether anything is filtered. */
export function isFiltered(filter: LogsFilter): boolean {
  return Object.keys(NO_FILTER).some((name) => filter[name as keyof LogsFilter] !== undefined)
}

/** Whether the API would give this row for this filter: for rows that come by themselves. */
export function matches(row: LogRow, filter: LogFilter): boolean {
  const at = Date.parse(row.createdAt)
  return (
    (!filter.since || at >= Date.parse(filter.since)) &&
    (!filter.until || at < Date.parse(filter.until)) &&
    matchesStatus(row.statusCode, filter) &&
    (!filter.provider || row.providerUsed === filter.provider) &&
    (!filter.model || row.model === filter.model) &&
    (!filter.apiKeyId || row.apiKeyId === filter.apiKeyId) &&
    (!filter.search || contains(row, filter.search))
  )
}

function matchesStatus(code: number, { succeeded, aborted }: LogFilter): boolean {
  if (succeeded === true) return code < 400
  if (succeeded === false) return code >= 400 && code !== 499
  return !aborted || code === 499
}

function contains(row: LogRow, search: string): boolean {
  const wanted = search.toLowerCase()
  const id = wanted.replaceAll('-', '')
  if (/^[0-9a-f]{32}$/.test(id)) return row.id.replaceAll('-', '') === id
  return [row.model, row.requestedModel, row.errorMessage].some((text) =>
    text?.toLowerCase().includes(wanted),
  )
}

/** At a whole minute, so that going back and forth asks for the same rows again. */
function beginning(range: Range, now: number): string {
  const minutes = Math.floor(now / MINUTE_MS) - RANGE_MINUTES[range]
  return new Date(minutes * MINUTE_MS).toISOString()
}
