import { expect, test } from 'vitest'
import { chartOf } from './chart'

const RANGE = { since: '2026-11-20T00:00:00+00:00', until: '2026-11-23T00:00:00+00:00' }

const point = (day: string, group: string, requests: number, other = false) => ({
  day: `${day}T00:00:00+00:00`,
  group,
  requests,
  other,
})
const nameOf = (group: string, other: boolean) => (other ? 'Others' : group || 'No provider')

test('every day has its place, and idle days are empty', () => {
  const points = [point('2026-11-20', 'OPENAI', 2), point('2026-11-22', 'OPENAI', 3)]

  const { days, series, total } = chartOf(points, RANGE, nameOf)

  expect(days).toEqual([
    '2026-11-20T00:00:00.000Z',
    '2026-11-21T00:00:00.000Z',
    '2026-11-22T00:00:00.000Z',
  ])
  expect(series.map(({ values }) => values)).toEqual([[2, 0, 3]])
  expect(total).toBe(5)
})

test('the most used group comes first, and the rest last', () => {
  const points = [
    point('2026-11-20', '', 90, true),
    point('2026-11-20', '', 1),
    point('2026-11-20', 'CUSTOM', 4),
    point('2026-11-21', 'OPENAI', 9),
  ]

  const { series } = chartOf(points, RANGE, nameOf)

  expect(series.map(({ name }) => name)).toEqual(['OPENAI', 'CUSTOM', 'No provider', 'Others'])
})

test('what lies outside the range is not drawn', () => {
  expect(chartOf([point('2026-11-19', 'OPENAI', 2)], RANGE, nameOf)).toMatchObject({
    series: [],
    total: 0,
  })
})
