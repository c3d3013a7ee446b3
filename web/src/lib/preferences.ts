/** What may be kept in the browser: how things look and behave. Never a secret, never data. */
export type Preference = 'language' | 'theme' | 'workspace' | 'shortcuts'

const nameOf = (preference: Preference) => `perpetuo-${preference}`

/** What was kept; null where nothing was, or storage is blocked. */
export function readPreference(preference: Preference): string | null {
  try {
    return localStorage.getItem(nameOf(preference))
  } catch {
    return null
  }
}

/** Keeps a choice, or forgets it (null). Where storage is blocked it lasts until the page is closed. */
export function writePreference(preference: Preference, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(nameOf(preference))
    else localStorage.setItem(nameOf(preference), value)
  } catch {
    // A browser that refuses storage still gets a dashboard.
  }
}
