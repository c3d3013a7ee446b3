import { useCallback, useMemo } from 'react'
import { useQuery, type CombinedError } from 'urql'
import { LogsDocument, type LogFilter } from '../../gql/logs'
import { useWorkspace } from '../../lib/session'
import { toLogFilter } from './filter'
import type { LogRow } from './rows'
import type { LogsSearch } from './search'

export const PAGE_SIZE = 50

// An empty page names no type that a later row could make stale.
const CONTEXT = { additionalTypenames: ['RequestLog'] }

export type LogPage = {
  filter: LogFilter
  /** Undefined until the first answer; the rows before while the next ones are on their way. */
  rows: readonly LogRow[] | undefined
  busy: boolean
  error: CombinedError | undefined
  /** Where the next page begins; null on the last one. */
  nextCursor: string | null
  refresh: () => void
}

/** The page of the log that the address asks for. What was fetched before is shown at once, and looked up anew. */
export function useLogPage(search: LogsSearch): LogPage {
  const workspace = useWorkspace()
  const { range, since, until, status, provider, model, key, q, after } = search
  const filter = useMemo(
    () => toLogFilter({ range, since, until, status, provider, model, key, q }),
    [range, since, until, status, provider, model, key, q],
  )
  const [{ data, fetching, error }, execute] = useQuery({
    query: LogsDocument,
    variables: { workspaceId: workspace.id, first: PAGE_SIZE, after: after ?? null, filter },
    requestPolicy: 'cache-and-network',
    context: CONTEXT,
  })
  const refresh = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute])
  const found = data?.workspace?.logs
  return {
    filter,
    rows: found?.nodes,
    busy: fetching,
    error,
    nextCursor: found?.pageInfo.hasNextPage ? found.pageInfo.endCursor : null,
    refresh,
  }
}
