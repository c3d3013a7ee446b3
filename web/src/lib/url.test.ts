import { expect, test } from 'vitest'
import { instant, oneOf, parseSearch, safeNext, stringifySearch, text, whole } from './url'

test('an address reads as it was written', () => {
  const search = {
    status: 500,
    model: 'openai/gpt 4',
    live: true,
    off: false,
    none: undefined,
    empty: '',
  }

  const written = stringifySearch(search)

  expect(written).toBe('?status=500&model=openai%2Fgpt+4&live=true')
  expect(parseSearch(written)).toEqual({ status: '500', model: 'openai/gpt 4', live: 'true' })
  expect(stringifySearch({})).toBe('')
})

test('what an address may say is narrowed', () => {
  expect(text('x'.repeat(300))).toHaveLength(200)
  expect(text('')).toBeUndefined()
  expect(oneOf('month', ['day', 'week'])).toBeUndefined()
  expect(oneOf('week', ['day', 'week'])).toBe('week')
  expect(whole('30', 1, 365)).toBe(30)
  expect(whole('3e1', 1, 365)).toBeUndefined()
  expect(whole(366, 1, 365)).toBeUndefined()
  expect(instant('2026-11-23T10:00:00+01:00')).toBe('2026-11-23T09:00:00.000Z')
  expect(instant('yesterday')).toBeUndefined()
})

test.each([
  ['/w/1/logs?status=500#x', '/w/1/logs?status=500#x'],
  ['//evil.example', undefined],
  ['/\\evil.example', undefined],
  ['/\t/evil.example', undefined],
  ['https://evil.example/', undefined],
  ['javascript:alert(1)', undefined],
  ['', undefined],
])('after the log-in %j leads to %j', (next, expected) => {
  expect(safeNext(next)).toBe(expected)
})
