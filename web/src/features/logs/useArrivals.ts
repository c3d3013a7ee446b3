import { useEffect, useEffectEvent, useRef } from 'react'
import { useClient } from 'urql'
import { LogsDocument, RequestLoggedDocument } from '../../gql/logs'
import { useWorkspace } from '../../lib/session'
import { SUBSCRIBED_MS, useSocket } from '../../lib/socket'
import { matches } from './filter'
import type { LogRow } from './rows'
import { MOST_ROWS } from './tail'
import { PAGE_SIZE, type LogPage } from './useLogPage'

// Rows of a burst are shown together: the page is drawn ten times a second at most.
const GATHER_MS = 100

type Arrivals = {
  on: boolean
  page: LogPage
  isFirst: boolean
  /** `missed`: there were more than these. */
  onArrive: (rows: readonly LogRow[], missed: boolean) => void
}

/** Listens for rows that match the page's filter; gives whether the line is down. */
export function useArrivals({ on, page, isFirst, onArrive }: Arrivals): boolean {
  const workspaceId = useWorkspace().id
  const client = useClient()
  const { isOpen, opened } = useSocket()
  const seen = useRef<Seen | null>(null)
  useEffect(() => {
    if (isFirst && page.rows) seen.current = toSeen(page.rows)
  }, [isFirst, page.rows])

  const arrive = useEffectEvent((rows: readonly LogRow[]) => {
    const wanted = rows.filter((row) => matches(row, page.filter))
    for (const { id } of wanted) seen.current?.ids.add(id)
    if (wanted.length) onArrive(wanted, false)
  })

  useEffect(() => {
    if (!on) return
    let gathered: LogRow[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const subscription = client
      .subscription(RequestLoggedDocument, { workspaceId })
      .subscribe(({ data }) => {
        if (!data) return
        gathered.push(data.requestLogged)
        timer ??= setTimeout(() => {
          arrive(gathered)
          gathered = []
          timer = undefined
        }, GATHER_MS)
      })
    return () => {
      clearTimeout(timer)
      subscription.unsubscribe()
    }
  }, [on, client, workspaceId])

  const catchUp = useEffectEvent(async () => {
    const variables = { workspaceId, first: MOST_ROWS, after: null, filter: page.filter }
    const { data } = await client.query(LogsDocument, variables, { requestPolicy: 'network-only' })
    const found = data?.workspace?.logs
    if (!found) return [[], false] as const
    const before = seen.current
    seen.current = toSeen(found.nodes.slice(0, PAGE_SIZE))
    // Without anything seen there is no telling what is news.
    const fresh = before ? found.nodes.filter(({ id }) => isNews(id, before)) : []
    return [fresh, found.pageInfo.hasNextPage && fresh.length === found.nodes.length] as const
  })
  const announce = useEffectEvent((rows: readonly LogRow[], missed: boolean) => {
    if (rows.length) onArrive(rows, missed)
  })

  // What ended before the line stood, or while it was down; only beside a page is there news.
  const isReady = page.rows !== undefined
  useEffect(() => {
    if (!on || !isOpen || !isReady) return
    let isOver = false
    const timer = setTimeout(() => {
      void catchUp().then(([rows, missed]) => {
        if (!isOver) announce(rows, missed)
      })
    }, SUBSCRIBED_MS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [on, isOpen, isReady])

  return on && opened > 0 && !isOpen
}

/** The rows that are no news: these, and all that are older. */
type Seen = { ids: Set<string>; oldest: string }

function toSeen(rows: readonly LogRow[]): Seen {
  return { ids: new Set(rows.map(({ id }) => id)), oldest: rows.at(-1)?.id ?? '' }
}

function isNews(id: string, { ids, oldest }: Seen): boolean {
  return id > oldest && !ids.has(id)
}
