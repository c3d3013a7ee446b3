import type { Series } from '../../ui/StackedBars'
import { figureOf, type Amounts } from './amounts'
import type { Metric } from './search'

export type Point = Amounts & { day: string; group: string; other: boolean }

const DAY_MS = 86_400_000
const OTHER = '\0other'

/** The UTC days from an instant on and before another, as `2026-11-23`. */
export function daysOf(since: string, until: string): string[] {
  const first = Date.parse(since)
  const count = Math.round((Date.parse(until) - first) / DAY_MS)
  return Array.from({ length: count }, (_, number) =>
    new Date(first + number * DAY_MS).toISOString().slice(0, 10),
  )
}

/**
 * The groups with the highest sums as a series each, the highest first, and the others as one at the end.
 * Those that sum up to nothing are left out.
 */
export function topSeries(given: {
  points: readonly Point[]
  days: readonly string[]
  metric: Metric
  nameOf: (group: string) => string
  otherName: string
  most?: number
}): Series[] {
  const { points, days, metric, nameOf, otherName, most = 6 } = given
  const groups = new Map<string, number[]>()
  const places = new Map(days.map((day, place) => [day, place]))
  const add = (key: string, place: number, figure: number) => {
    const values = groups.get(key) ?? days.map(() => 0)
    values[place] = (values[place] ?? 0) + figure
    groups.set(key, values)
  }
  for (const point of points) {
    const place = places.get(point.day.slice(0, 10))
    if (place !== undefined) add(point.other ? OTHER : point.group, place, figureOf(point, metric))
  }

  const named = [...groups]
    .filter(([key]) => key !== OTHER)
    .map(([key, values]) => ({ key, values, sum: total(values) }))
    .filter(({ sum }) => sum > 0)
    .toSorted((a, b) => b.sum - a.sum)
  for (const { values } of named.slice(most))
    values.forEach((figure, place) => add(OTHER, place, figure))

  const top = named
    .slice(0, most)
    .map(({ key, values }): Series => ({ key, name: nameOf(key), values }))
  const other = groups.get(OTHER)
  return other && total(other) > 0 ? [...top, { key: OTHER, name: otherName, values: other }] : top
}

function total(values: readonly number[]): number {
  return values.reduce((left, right) => left + right, 0)
}
