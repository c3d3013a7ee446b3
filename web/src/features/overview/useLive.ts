import { useEffect, useRef } from 'react'
import { useSubscription } from 'urql'
import {
  OverviewRequestDocument,
  type OverviewRequestSubscription,
  type RowFragment,
} from '../../gql/overview'

const SHOWN = 8
// Sums are asked for again after a burst, not after each of its rows.
const REFRESH_MS = 3000
// Without any row too: the socket may be down, and what was now is a while ago.
const IDLE_MS = 60_000

/** The newest rows, those that arrive now included; `refresh` is called soon after one did, and now and then. */
export function useLive(
  workspaceId: string,
  fetched: readonly RowFragment[],
  refresh: () => void,
): RowFragment[] {
  const [{ data }] = useSubscription<
    OverviewRequestSubscription,
    readonly RowFragment[],
    { workspaceId: string }
  >({ query: OverviewRequestDocument, variables: { workspaceId } }, collect)
  // Null once the subscription has failed, as it does when the session ends.
  const arrived = data ?? NONE
  const latest = useRef(refresh)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    latest.current = refresh
  })
  useEffect(() => {
    if (arrived.length)
      timer.current ??= setTimeout(() => {
        timer.current = undefined
        latest.current()
      }, REFRESH_MS)
  }, [arrived])
  useEffect(() => {
    const idle = setInterval(() => {
      if (document.visibilityState === 'visible') latest.current()
    }, IDLE_MS)
    return () => {
      clearInterval(idle)
      clearTimeout(timer.current)
      timer.current = undefined
    }
  }, [])
  return newest([...arrived, ...fetched])
}

const NONE: readonly RowFragment[] = []

function collect(
  rows: readonly RowFragment[] = NONE,
  { requestLogged }: OverviewRequestSubscription,
) {
  return newest([requestLogged, ...rows])
}

/** Each row once, by the time of its request: a long one arrives behind newer ones. */
function newest(rows: readonly RowFragment[]): RowFragment[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return [...byId.values()]
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
    .slice(0, SHOWN)
}
