import { useEffect, useRef } from 'react'
import { useSubscription } from 'urql'
import { FirstRequestDocument, type ArrivedFragment } from '../../gql/onboarding'

const POLL_MS = 3000

/**
 * The newest request of the workspace, the moment it ends; null while there is none.
 * A socket that is down does not say so, so `refetch` is called every few seconds while there is none.
 */
export function useFirstRequest(
  workspaceId: string,
  fetched: ArrivedFragment | undefined,
  refetch: () => void,
): ArrivedFragment | null {
  const [{ data }] = useSubscription({ query: FirstRequestDocument, variables: { workspaceId } })
  const arrived = newer(data?.requestLogged, fetched)
  const latest = useRef(refetch)
  useEffect(() => {
    latest.current = refetch
  })
  const isWaiting = arrived === null
  useEffect(() => {
    if (!isWaiting) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') latest.current()
    }, POLL_MS)
    return () => clearInterval(timer)
  }, [isWaiting])
  return arrived
}

function newer(
  a: ArrivedFragment | undefined,
  b: ArrivedFragment | undefined,
): ArrivedFragment | null {
  if (!a || !b) return a ?? b ?? null
  return a.createdAt >= b.createdAt ? a : b
}
