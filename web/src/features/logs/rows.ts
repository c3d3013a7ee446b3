import type { LogRowFragment } from '../../gql/logs'

export type LogRow = LogRowFragment

/** How often a request went on to another provider key, and how often it tried the same one again. */
export function countTries(attempts: readonly { label: string }[]): {
  fallbacks: number
  retries: number
} {
  const fallbacks = attempts.filter(
    ({ label }, index) => index > 0 && attempts[index - 1]?.label !== label,
  ).length
  return { fallbacks, retries: Math.max(0, attempts.length - 1 - fallbacks) }
}

/** Every row once, newest first; of two with the same id the later one given. Ids sort by time. */
export function mergeRows(...lists: (readonly LogRow[])[]): LogRow[] {
  const byId = new Map(lists.flat().map((row) => [row.id, row]))
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1))
}
