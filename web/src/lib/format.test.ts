import { expect, test } from 'vitest'
import { createFormat } from './format'

const english = createFormat('en-US')
const portuguese = createFormat('pt-BR')

test.each([
  ['0', '$0.00'],
  ['0.000314159', '$0.000314'],
  ['0.0099', '$0.0099'],
  ['0.01', '$0.01'],
  ['1234.5', '$1,234.50'],
  [null, '–'],
])('money %j is written %s', (given, expected) => {
  expect(english.money(given)).toBe(expected)
})

test.each([
  [812, '812 ms'],
  [1234, '1.2 s'],
  [125_000, '2 min 5 s'],
  [null, '–'],
])('%j milliseconds are written %s', (given, expected) => {
  expect(english.duration(given)).toBe(expected)
})

test('numbers follow the language', () => {
  expect(english.number(1234567)).toBe('1,234,567')
  expect(portuguese.number(1234567)).toBe('1.234.567')
  expect(english.percent(0.1234)).toBe('12.3%')
  expect(english.compact(12_345)).toBe('12.3K')
})

test('days are those of UTC', () => {
  expect(english.day('2026-11-23T00:00:00Z')).toBe('Nov 23')
  expect(portuguese.day('2026-11-23T00:00:00Z')).toBe('23 de nov.')
})

test('an instant is seen from now', () => {
  expect(english.ago(new Date(Date.now() - 5 * 60_000).toISOString())).toBe('5 min. ago')
})
