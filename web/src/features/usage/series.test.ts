import { expect, test } from 'vitest'
import { NOTHING } from './amounts'
import { daysOf, topSeries, type Point } from './series'

const DAYS = ['2026-11-22', '2026-11-23']

function point(group: string, day: string, values: Partial<Point> = {}): Point {
  return { ...NOTHING, requests: 1, day: `${day}T00:00:00+00:00`, group, other: false, ...values }
}

function series(points: Point[], given: Partial<Parameters<typeof topSeries>[0]> = {}) {
  return topSeries({
    points,
    days: DAYS,
    metric: 'requests',
    nameOf: (group) => `<${group}>`,
    otherName: 'Other',
    ...given,
  })
}

test('days are counted in UTC, whatever the notation of the instants', () => {
  expect(daysOf('2026-02-27T00:00:00+00:00', '2026-03-02T00:00:00Z')).toEqual([
    '2026-02-27',
    '2026-02-28',
    '2026-03-01',
  ])
})

test('each group is a series with a value for each day, the highest sum first', () => {
  const found = series([
    point('a', '2026-11-22', { requests: 2 }),
    point('b', '2026-11-22', { requests: 5 }),
    point('b', '2026-11-23', { requests: 1 }),
  ])

  expect(found).toEqual([
    { key: 'b', name: '<b>', values: [5, 1] },
    { key: 'a', name: '<a>', values: [2, 0] },
  ])
})

test('beyond six groups the others are one, together with what the server has summed up', () => {
  const groups = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const points = groups.map((group, place) => point(group, '2026-11-23', { requests: 10 - place }))
  const found = series([...points, point('', '2026-11-22', { requests: 7, other: true })])

  expect(found.map(({ name }) => name)).toEqual(['<a>', '<b>', '<c>', '<d>', '<e>', '<f>', 'Other'])
  expect(found.at(-1)?.values).toEqual([7, 4 + 3])
})

test('six groups need no Other', () => {
  const found = series(['a', 'b', 'c', 'd', 'e', 'f'].map((group) => point(group, '2026-11-23')))

  expect(found).toHaveLength(6)
  expect(found.map(({ name }) => name)).not.toContain('Other')
})

test('which groups come first depends on the figure; those without any are left out', () => {
  const points = [
    point('cheap', '2026-11-23', { requests: 100, costUsd: '0.5' }),
    point('dear', '2026-11-23', { costUsd: '2.25', inputTokens: 10, outputTokens: 5 }),
    point('free', '2026-11-23', { requests: 50 }),
  ]

  expect(series(points, { metric: 'cost', most: 1 })).toMatchObject([
    { key: 'dear', values: [0, 2.25] },
    { name: 'Other', values: [0, 0.5] },
  ])
  expect(series(points, { metric: 'tokens' })).toMatchObject([{ key: 'dear', values: [0, 15] }])
})

test('the group of what no provider answered is not the Other one', () => {
  const found = series([
    point('', '2026-11-23'),
    point('', '2026-11-23', { other: true, requests: 3 }),
  ])

  expect(found.map(({ name, values }) => [name, values[1]])).toEqual([
    ['<>', 1],
    ['Other', 3],
  ])
})
