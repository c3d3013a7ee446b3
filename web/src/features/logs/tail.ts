import { mergeRows, type LogRow } from './rows'

/** How many rows may wait, and how many may stand above the page before it is fetched again. */
export const MOST_ROWS = 200

/** Rows that came by themselves. */
export type Tail = {
  /** Shown among the rows of the first page. */
  applied: readonly LogRow[]
  /** Not shown yet, so that nothing moves under the reader. */
  waiting: readonly LogRow[]
  /** Whether more came than are kept. */
  missed: boolean
}

export const EMPTY_TAIL: Tail = { applied: [], waiting: [], missed: false }

/** The tail after some rows came. At the top of the first page they are shown at once. */
export function receive(tail: Tail, rows: readonly LogRow[], isAtTop: boolean): Tail {
  const all = mergeRows(tail.waiting, rows)
  const waiting = all.slice(0, MOST_ROWS)
  const next = { ...tail, waiting, missed: tail.missed || all.length > waiting.length }
  return isAtTop ? reveal(next) : next
}

/** The tail once its waiting rows are shown. */
export function reveal({ applied, waiting, missed }: Tail): Tail {
  return { applied: mergeRows(applied, waiting), waiting: [], missed }
}

/** Whether the rows shown have become too many, or have a gap: the first page is to be fetched again. */
export function isSpent({ applied, waiting, missed }: Tail): boolean {
  return applied.length >= MOST_ROWS || (missed && !waiting.length)
}

/** The tail once the first page was fetched again: what is on it or on a later page is not kept twice. */
export function settle(tail: Tail, page: readonly LogRow[], hasOlder: boolean): Tail {
  const ids = new Set(page.map(({ id }) => id))
  const oldest = hasOlder ? (page.at(-1)?.id ?? '') : ''
  return {
    applied: tail.applied.filter(({ id }) => !ids.has(id) && id > oldest),
    waiting: tail.waiting.filter(({ id }) => !ids.has(id)),
    missed: false,
  }
}

/** The rows of the first page with those among them that came by themselves. */
export function withTail(page: readonly LogRow[], { applied }: Tail): readonly LogRow[] {
  return applied.length ? mergeRows(applied, page) : page
}
