import { useEffectEvent, useLayoutEffect } from 'react'
import { readPreference, usePreference, writePreference } from './preferences'

/** Keys as `j`, `/`, `?`, `Escape`, `mod+k` (⌘ or Ctrl) or, one after the other, `g l`. */
export type Hotkeys = Readonly<Record<string, (event: KeyboardEvent) => void>>

const SEQUENCE_MS = 900

/**
 * Calls the handler of a key while the component is there, and nothing under an open dialog.
 * Single keys do nothing in inputs either, and where the user has switched them off.
 */
export function useHotkeys(hotkeys: Hotkeys): void {
  const find = useEffectEvent((key: string) => hotkeys[key])
  // With what they act on: a key pressed as soon as something is seen must not be lost.
  useLayoutEffect(() => {
    let before = { key: '', at: 0 }
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.altKey) return
      // A dialog may hold what is shown once.
      if (document.querySelector('dialog:modal')) return
      const mod = event.ctrlKey || event.metaKey
      if (!mod && (!areShortcutsOn() || isTyping(event))) return
      const key = mod ? `mod+${event.key.toLowerCase()}` : event.key
      const sequence = event.timeStamp - before.at < SEQUENCE_MS ? `${before.key} ${key}` : ''
      before = { key, at: event.timeStamp }
      const handle = find(sequence) ?? find(key)
      if (!handle) return
      event.preventDefault()
      handle(event)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

/** Whether single-key shortcuts work, and how to switch them (WCAG 2.1.4). */
export function useShortcutsSwitch(): [boolean, (on: boolean) => void] {
  return [usePreference('shortcuts') !== 'off', switchShortcuts]
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable ||
    (target.matches('input, textarea, select') && !target.matches('[type=checkbox], [type=radio]'))
  )
}

function areShortcutsOn(): boolean {
  return readPreference('shortcuts') !== 'off'
}

function switchShortcuts(on: boolean) {
  writePreference('shortcuts', on ? null : 'off')
}
