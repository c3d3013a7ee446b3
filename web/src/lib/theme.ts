import { useSyncExternalStore } from 'react'
import { readPreference, writePreference } from './preferences'

export type Theme = 'system' | 'light' | 'dark'

const listeners = new Set<() => void>()

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function read(): Theme {
  const kept = readPreference('theme')
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

/** The chosen theme, and how to choose another; theme.js has applied it before the first paint. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, read), choose]
}

function choose(theme: Theme) {
  writePreference('theme', theme === 'system' ? null : theme)
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  for (const listener of listeners) listener()
}
