import { expect, test } from 'vitest'
import { arranged, moved } from './order'

test.each([
  [0, 2, 'bca'],
  [2, 0, 'cab'],
  [1, 1, 'abc'],
])('the item at %i moves to %i', (from, to, expected) => {
  expect(moved(['a', 'b', 'c'], from, to).join('')).toBe(expected)
})

test('items follow the wanted order; what it does not name comes last', () => {
  const items = ['a', 'new', 'b'].map((id) => ({ id }))

  expect(arranged(items, ['b', 'gone', 'a']).map(({ id }) => id)).toEqual(['b', 'a', 'new'])
  expect(arranged(items, null)).toBe(items)
})
