import { expect, test } from 'vitest'
import { overviewSearch } from './search'

test.each([
  { search: { days: '30', by: 'model' }, known: { days: 30, by: 'model' } },
  { search: { days: 90 }, known: { days: 90, by: undefined } },
  { search: { days: '31', by: 'key' }, known: { days: undefined, by: undefined } },
  { search: { days: '7', by: 'provider' }, known: { days: undefined, by: undefined } },
  { search: {}, known: { days: undefined, by: undefined } },
])('$search', ({ search, known }) => {
  expect(overviewSearch(search)).toEqual(known)
})
