import { useEffect, useState } from 'react'
import type { LogRow } from './rows'
import { EMPTY_TAIL, isSpent, receive, reveal, settle, withTail } from './tail'
import { useArrivals } from './useArrivals'
import type { LogPage } from './useLogPage'

// What is nearer to the beginning of the page than this counts as its top.
const TOP_PX = 80

export type LiveTail = {
  /** The rows of the page, with those among them that came by themselves. */
  rows: readonly LogRow[] | undefined
  /** How many rows wait to be shown. */
  waiting: number
  /** Whether there are even more. */
  missed: boolean
  /** Whether the line is down; it mends itself. */
  isAway: boolean
  /** How many rows came so far. */
  arrived: number
  show: () => void
}

/** The rows of a page and, while it is on, those that come by themselves and match its filter. */
export function useLiveTail(page: LogPage, on: boolean, isFirst: boolean): LiveTail {
  const { filter, rows, nextCursor, refresh } = page
  const [tail, setTail] = useState(EMPTY_TAIL)
  const [arrived, setArrived] = useState(0)
  const [shown, setShown] = useState({ filter, rows })
  if (shown.filter !== filter || shown.rows !== rows) {
    setShown({ filter, rows })
    if (shown.filter !== filter) setTail(EMPTY_TAIL)
    else if (isFirst && rows) setTail(settle(tail, rows, nextCursor !== null))
  }

  const isAway = useArrivals({
    on,
    page,
    isFirst,
    onArrive(arriving, missed) {
      const isAtTop = isFirst && window.scrollY <= TOP_PX
      setTail((before) =>
        receive({ ...before, missed: before.missed || missed }, arriving, isAtTop),
      )
      setArrived((before) => before + arriving.length)
    },
  })

  const needsPage = isFirst && isSpent(tail)
  useEffect(() => {
    if (needsPage) refresh()
  }, [needsPage, refresh])

  return {
    rows: rows && isFirst ? withTail(rows, tail) : rows,
    waiting: tail.waiting.length,
    missed: tail.missed,
    isAway,
    arrived,
    show: () => setTail(reveal),
  }
}
