import { expect, test } from 'vitest'
import { scaleOf } from './scale'

test.each([
  ['a round number above', 68_401, true, [80_000, 40_000, 0]],
  ['itself where it is round', 20, true, [20, 10, 0]],
  ['no half of what is whole', 1, true, [1, 0]],
  ['nor a broken top', 11, true, [12, 6, 0]],
  ['small amounts', 0.0041, false, [0.005, 0.0025, 0]],
  ['nothing', 0, true, [1, 0]],
])('%s', (_, highest, isWhole, lines) => {
  expect(scaleOf(highest, isWhole)).toEqual(lines)
})
