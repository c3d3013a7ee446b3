import type { Series } from '../../ui/StackedBars'

const DAY_MS = 86_400_000

type Point = { day: string; group: string; other: boolean; requests: number }
type Days = { since: string; until: string }
type Chart = { days: string[]; series: Series[]; total: number }

/** Every day of the range as a bar, idle ones too; the most used group comes first and the rest last. */
export function chartOf(
  points: readonly Point[],
  { since, until }: Days,
  nameOf: (group: string, other: boolean) => string,
): Chart {
  const days = daysBetween(since, until)
  const places = new Map(days.map((day, place) => [day, place]))
  const groups = new Map<string, Series & { values: number[]; other: boolean; sum: number }>()
  for (const { day, group, other, requests } of points) {
    const place = places.get(isoDay(day))
    if (place === undefined) continue
    const key = other ? '/other' : `=${group}`
    const entry = groups.get(key) ?? {
      key,
      name: nameOf(group, other),
      values: days.map(() => 0),
      other,
      sum: 0,
    }
    entry.values[place] = (entry.values[place] ?? 0) + requests
    entry.sum += requests
    groups.set(key, entry)
  }
  const series = [...groups.values()].toSorted(
    (a, b) => Number(a.other) - Number(b.other) || b.sum - a.sum,
  )
  return { days, series, total: series.reduce((sum, entry) => sum + entry.sum, 0) }
}

function daysBetween(since: string, until: string): string[] {
  const first = Date.parse(since)
  const count = Math.round((Date.parse(until) - first) / DAY_MS)
  return Array.from({ length: count }, (_, day) =>
    isoDay(new Date(first + day * DAY_MS).toISOString()),
  )
}

function isoDay(instant: string): string {
  return new Date(instant).toISOString()
}
