import { usePreference, writePreference } from './preferences'

export type Theme = 'system' | 'light' | 'dark'

/** The chosen theme, and how to choose another; theme.js has applied it before the first paint. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const kept = usePreference('theme')
  return [kept === 'light' || kept === 'dark' ? kept : 'system', choose]
}

function choose(theme: Theme) {
  writePreference('theme', theme === 'system' ? null : theme)
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}
