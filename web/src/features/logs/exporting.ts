import { Client, fetchExchange, type CombinedError } from '@urql/core'
import {
  ExportLogsDocument,
  type ExportLogsQueryVariables,
  type LogDetailFragment,
  type LogFilter,
} from '../../gql/logs'
import { CSRF_HEADERS } from '../../lib/client'
import { csvLine, type Cell } from '../../lib/csv'

export type ExportFormat = 'csv' | 'jsonl'
export type ExportRow = LogDetailFragment

/** Rows of one answer: as many as the API gives. */
const AT_ONCE = 200

const COLUMNS: Readonly<Record<string, (row: ExportRow) => Cell>> = {
  id: (row) => row.id,
  created_at: (row) => row.createdAt,
  status_code: (row) => row.statusCode,
  requested_model: (row) => row.requestedModel,
  model: (row) => row.model,
  provider: (row) => row.providerUsed,
  api_key_id: (row) => row.apiKeyId,
  api_key: (row) => row.apiKey?.name ?? null,
  stream: (row) => String(row.stream),
  input_tokens: (row) => row.inputTokens,
  cached_input_tokens: (row) => row.cachedInputTokens,
  output_tokens: (row) => row.outputTokens,
  tokens_estimated: (row) => String(row.tokensEstimated),
  cost_usd: (row) => row.costUsd,
  duration_ms: (row) => row.durationMs,
  time_to_first_token_ms: (row) => row.timeToFirstTokenMs,
  error_code: (row) => row.errorCode,
  error_message: (row) => row.errorMessage,
  notes: (row) => row.notes.join('; ') || null,
  attempts: (row) => (row.attempts.length ? JSON.stringify(row.attempts) : null),
}

/** How each format is written. */
export const FORMATS: Readonly<
  Record<ExportFormat, { type: string; head: string; line: (row: ExportRow) => string }>
> = {
  csv: {
    type: 'text/csv;charset=utf-8',
    head: csvLine(Object.keys(COLUMNS)),
    line: (row) => csvLine(Object.values(COLUMNS).map((cell) => cell(row))),
  },
  jsonl: {
    type: 'application/jsonl',
    head: '',
    line: (row) => `${JSON.stringify(row)}\n`,
  },
}

export type Progress = { rows: number; total: number | null }
export type Exported = { parts: Blob[]; rows: number; error?: CombinedError }

type Job = {
  client: Client
  workspaceId: string
  filter: LogFilter
  format: ExportFormat
  signal: AbortSignal
  onProgress: (progress: Progress) => void
}

/** Every row that matches, page by page; null where it was cancelled. Each page is handed to the browser as a Blob. */
export async function exportRows(job: Job): Promise<Exported | null> {
  const { client, workspaceId, filter, format, signal, onProgress } = job
  const { head, line } = FORMATS[format]
  const parts = [new Blob([head])]
  let rows = 0
  let total: number | null = null
  let after: string | null = null
  do {
    const variables: ExportLogsQueryVariables = {
      workspaceId,
      first: AT_ONCE,
      after,
      filter,
      counted: after === null,
    }
    const { data, error } = await client.query(ExportLogsDocument, variables, {
      fetchOptions: { headers: CSRF_HEADERS, signal },
    })
    if (signal.aborted) return null
    const found = data?.workspace?.logs
    if (!found) return error ? { parts, rows, error } : { parts, rows }
    parts.push(new Blob([found.nodes.map(line).join('')]))
    rows += found.nodes.length
    total = found.totalCount ?? total
    after = found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null
    onProgress({ rows, total })
  } while (after !== null)
  return { parts, rows }
}

/** A client that keeps no answer: an export of a million rows would stay in the page's memory. */
export function createExportClient(): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    requestPolicy: 'network-only',
    fetchOptions: { headers: CSRF_HEADERS, credentials: 'same-origin' },
    exchanges: [fetchExchange],
  })
}

const two = (value: number) => String(value).padStart(2, '0')

/** `perpetuo-logs-2026-11-23-142501.csv`, in the user's time. */
export function fileName(format: ExportFormat, now: Date): string {
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-')
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('')
  return `perpetuo-logs-${date}-${time}.${format}`
}
