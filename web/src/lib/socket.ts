import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'

// An open line does not listen yet: what was asked for sooner than this could end unheard in between.
export const SUBSCRIBED_MS = 400

/** How the socket of the subscriptions fares. */
export type SocketState = {
  isOpen: boolean
  /** How often it was opened so far; what was sent while it was away has to be fetched. */
  opened: number
}

let state: SocketState = { isOpen: false, opened: 0 }
const listeners = new Set<() => void>()

/** Called by the client as its socket opens and closes. */
export const socketEvents = {
  opened: () => change({ isOpen: true, opened: state.opened + 1 }),
  closed: () => change({ ...state, isOpen: false }),
}

/** The state of the socket. */
export function useSocket(): SocketState {
  return useSyncExternalStore(subscribe, () => state)
}

/** Calls `look` as soon as the socket listens, each time it was opened: what ended before then went unheard. */
export function useOnceListening(look: () => void, on: boolean): void {
  const { isOpen } = useSocket()
  const latest = useEffectEvent(look)
  useEffect(() => {
    if (!on || !isOpen) return
    const timer = setTimeout(() => latest(), SUBSCRIBED_MS)
    return () => clearTimeout(timer)
  }, [on, isOpen])
}

function change(next: SocketState) {
  state = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
