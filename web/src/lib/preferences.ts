import { useSyncExternalStore } from 'react'

/** What may be kept in the browser: how things look and behave. Never a secret, never data. */
export type Preference = 'language' | 'theme' | 'workspace' | 'shortcuts' | 'setup-dismissed'

const nameOf = (preference: Preference) => `perpetuo-${preference}`
const listeners = new Set<() => void>()
// Stands in where storage is blocked.
const inMemory = new Map<Preference, string>()

/** What was kept; null where nothing was. */
export function readPreference(preference: Preference): string | null {
  const remembered = inMemory.get(preference) ?? null
  try {
    return localStorage.getItem(nameOf(preference)) ?? remembered
  } catch {
    return remembered
  }
}

/** Keeps a choice, or forgets it (null). Where storage is blocked it lasts until the page is closed. */
export function writePreference(preference: Preference, value: string | null): void {
  inMemory.delete(preference)
  try {
    if (value === null) localStorage.removeItem(nameOf(preference))
    else localStorage.setItem(nameOf(preference), value)
  } catch {
    if (value !== null) inMemory.set(preference, value)
  }
  for (const listener of listeners) listener()
}

/** What is kept, as it changes. */
export function usePreference(preference: Preference): string | null {
  return useSyncExternalStore(subscribe, () => readPreference(preference))
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
