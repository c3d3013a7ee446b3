import { useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect, useRef } from 'react'
import { useHotkeys } from '../../lib/useHotkeys'
import type { LogRow } from './rows'

type RowKeys = {
  open: (id: string) => void
  openAt: (step: 1 | -1) => (() => void) | null
  close: () => void
}

/** J and K go through the rows, or through the requests while one is open; Enter opens the row with the focus. */
export function useRowKeys(rows: readonly LogRow[], openId: string | undefined): RowKeys {
  const navigate = useNavigate({ from: '/w/$workspaceId/logs' })
  const before = useRef(openId)
  useEffect(() => {
    // Where one was reading is where one goes on.
    if (before.current && !openId) focusRow(before.current)
    if (openId) linkOf(openId)?.scrollIntoView({ block: 'nearest' })
    before.current = openId
  }, [openId])

  const go = useCallback(
    (id: string | undefined, replace: boolean) => {
      void navigate({
        search: (search) => ({ ...search, id }),
        state: true,
        replace,
        resetScroll: false,
      })
    },
    [navigate],
  )
  const open = useCallback((id: string) => go(id, false), [go])

  function openAt(step: 1 | -1) {
    const id = rows[placeOf(rows, openId) + step]?.id
    return id === undefined ? null : () => go(id, true)
  }

  function move(step: 1 | -1) {
    if (openId !== undefined) openAt(step)?.()
    else focusRow(rows[placeOf(rows, focusedRow()) + step]?.id)
  }

  useHotkeys({ j: () => move(1), k: () => move(-1) })
  return { open, openAt, close: () => go(undefined, true) }
}

function placeOf(rows: readonly LogRow[], id: string | undefined): number {
  return rows.findIndex((row) => row.id === id)
}

function focusedRow(): string | undefined {
  return document.activeElement?.closest<HTMLElement>('tr[data-key]')?.dataset['key']
}

function focusRow(id: string | undefined) {
  const link = id === undefined ? null : linkOf(id)
  link?.focus({ preventScroll: true })
  link?.scrollIntoView({ block: 'nearest' })
}

function linkOf(id: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`tr[data-key="${CSS.escape(id)}"] a`)
}
