import type { UsageQuery, ProviderName } from '../../gql/usage'
import { toCsv, type Cell } from '../../lib/csv'
import { figureOf, NOTHING, sum, without, type Amounts } from './amounts'
import type { Group, Metric } from './search'

type Workspace = NonNullable<UsageQuery['workspace']>

/** The logs of a row: their page's filter. */
export type LogsFilter = {
  provider?: ProviderName
  model?: string
  key?: string
  since: string
  until?: string
}

export type Row = Amounts & {
  /** `rest`: all that no other row is about. */
  kind: 'group' | 'rest' | 'total'
  key: string
  name: string
  /** Of the figure that is looked at, from 0 to 1. */
  share: number
  /** undefined where it is not known for this group at all. */
  p95DurationMs: number | null | undefined
  logs?: LogsFilter
}

/** What things are called. */
export type Names = {
  provider: (name: string) => string
  deletedKey: (id: string) => string
  day: (day: string) => string
  rest: string
  unserved: string
  total: string
}

const MOST_GROUPS = 200
const DAY_MS = 86_400_000

/** By what an answer is grouped; while another one is on its way, that is not what was asked for. */
export function groupOf(workspace: Workspace): Group {
  if (workspace.usageByProvider) return 'provider'
  if (workspace.usageByModel) return 'model'
  return workspace.usageByApiKey ? 'key' : 'day'
}

/** The table: groups with the highest figure first, or days with the newest first; what is left; the total. */
export function rowsOf(workspace: Workspace, metric: Metric, names: Names): Row[] {
  const { current } = workspace.usageSummary
  const whole = figureOf(current, metric)
  const shareOf = (amounts: Amounts) => (whole ? figureOf(amounts, metric) / whole : 0)
  const groups = groupsOf(workspace, names).map((row): Row => ({
    ...row,
    kind: 'group',
    share: shareOf(row),
  }))
  if (groupOf(workspace) !== 'day')
    groups.sort((a, b) => figureOf(b, metric) - figureOf(a, metric) || b.requests - a.requests)

  const left = without(current, sum(groups))
  const isCut = groupOf(workspace) === 'key' || groups.length >= MOST_GROUPS
  const rest: Row = {
    ...left,
    kind: 'rest',
    key: 'rest',
    name: isCut ? names.rest : names.unserved,
    costUsd: Number(left.costUsd) ? left.costUsd : null,
    share: shareOf(left),
    p95DurationMs: null,
  }
  const total: Row = {
    ...pick(current),
    kind: 'total',
    key: 'total',
    name: names.total,
    share: whole ? 1 : 0,
    p95DurationMs: current.p95DurationMs,
  }
  return [...groups, ...(left.requests ? [rest] : []), total]
}

/** The table as a file; `by` names its first column. */
export function csvOf(rows: readonly Row[], by: Group, metric: Metric): string {
  const hasTimes = by !== 'day'
  const header = [
    by,
    ...(by === 'key' ? ['key_id'] : []),
    'requests',
    'failed_requests',
    'input_tokens',
    'cached_input_tokens',
    'output_tokens',
    'cost_usd',
    `share_of_${metric}`,
    ...(hasTimes ? ['p95_duration_ms'] : []),
  ]
  return toCsv(
    header,
    rows.map((row): Cell[] => [
      row.kind === 'group' && by === 'day' ? row.key : row.name,
      ...(by === 'key' ? [row.kind === 'group' ? row.key : null] : []),
      row.requests,
      row.failedRequests,
      row.inputTokens,
      row.cachedInputTokens,
      row.outputTokens,
      row.costUsd,
      Number(row.share.toFixed(6)),
      ...(hasTimes ? [row.p95DurationMs ?? null] : []),
    ]),
  )
}

type GroupRow = Omit<Row, 'kind' | 'share'>

function groupsOf(workspace: Workspace, names: Names): GroupRow[] {
  const { since } = workspace.usageSummary.current
  const { usageByProvider, usageByModel, usageByApiKey } = workspace
  if (usageByProvider)
    return usageByProvider.map((use) => ({
      ...pick(use),
      key: use.provider,
      name: names.provider(use.provider),
      p95DurationMs: use.p95DurationMs,
      logs: { provider: use.provider, since },
    }))
  if (usageByModel)
    return usageByModel.map((use) => ({
      ...pick(use),
      key: use.model,
      name: use.model,
      p95DurationMs: use.p95DurationMs,
      logs: { model: use.model, since },
    }))
  if (usageByApiKey)
    return usageByApiKey.map((use) => ({
      ...pick(use),
      key: use.apiKeyId,
      name: use.apiKey?.name ?? names.deletedKey(use.apiKeyId),
      p95DurationMs: use.p95DurationMs,
      logs: { key: use.apiKeyId, since },
    }))
  return daysOf(workspace, names)
}

function daysOf({ usageSeries }: Workspace, names: Names): GroupRow[] {
  const days = new Map<string, Amounts>()
  for (const point of usageSeries) days.set(point.day, sum([days.get(point.day) ?? NOTHING, point]))
  return [...days]
    .toSorted(([a], [b]) => Date.parse(b) - Date.parse(a))
    .map(([day, amounts]) => ({
      ...amounts,
      key: day.slice(0, 10),
      name: names.day(day),
      p95DurationMs: undefined,
      logs: { since: day, until: new Date(Date.parse(day) + DAY_MS).toISOString() },
    }))
}

function pick({
  requests,
  failedRequests,
  inputTokens,
  cachedInputTokens,
  outputTokens,
  costUsd,
}: Amounts): Amounts {
  return { requests, failedRequests, inputTokens, cachedInputTokens, outputTokens, costUsd }
}
