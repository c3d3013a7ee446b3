import { useSyncExternalStore } from 'react'

// API keys in clear, by workspace: in memory alone, gone with the page. Nothing else in the browser holds one.
const keys = new Map<string, string>()
const listeners = new Set<() => void>()

/** Keeps a key that was made just now, so that snippets can show it until the page is closed. */
export function keepFreshKey(workspaceId: string, secret: string): void {
  keys.set(workspaceId, secret)
  for (const listener of listeners) listener()
}

/** Forgets the key that begins like this, because it no longer opens anything. */
export function forgetFreshKey(workspaceId: string, prefix: string): void {
  if (!keys.get(workspaceId)?.startsWith(prefix)) return
  keys.delete(workspaceId)
  for (const listener of listeners) listener()
}

/** The workspace's key in clear that was made last since the page was opened; null where there is none. */
export function useFreshKey(workspaceId: string): string | null {
  return useSyncExternalStore(subscribe, () => keys.get(workspaceId) ?? null)
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
