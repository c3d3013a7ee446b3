import { expect, test } from 'vitest'
import { errorRate, pointsOfChange, shareOfChange } from './change'

test.each([
  { now: 150, before: 100, change: { direction: 'up', by: 0.5 } },
  { now: 50, before: 100, change: { direction: 'down', by: 0.5 } },
  { now: 0, before: 100, change: { direction: 'down', by: 1 } },
  { now: 1003, before: 1000, change: { direction: 'same', by: 0 } },
  { now: 100, before: 0, change: null },
  { now: 0, before: 0, change: null },
  { now: null, before: 100, change: null },
  { now: 100, before: null, change: null },
])('from $before to $now', ({ now, before, change }) => {
  expect(shareOfChange(now, before)).toEqual(change)
})

test('an estimate has to differ by more than its error', () => {
  expect(shareOfChange(540, 500, 0.1)).toEqual({ direction: 'same', by: 0 })
  expect(shareOfChange(750, 500, 0.1)).toEqual({ direction: 'up', by: 0.5 })
})

test('rates differ by points, also from nothing', () => {
  expect(pointsOfChange(0.25, 0)).toEqual({ direction: 'up', by: 0.25 })
  expect(pointsOfChange(0.0204, 0.02)).toEqual({ direction: 'same', by: 0 })
  expect(pointsOfChange(null, 0.02)).toBeNull()
})

test('without requests there is no rate of errors', () => {
  expect(errorRate({ requests: 0, failedRequests: 0 })).toBeNull()
  expect(errorRate({ requests: 8, failedRequests: 2 })).toBe(0.25)
})
