import { expect, test } from 'vitest'
import { DEFAULTS, misfitsOf } from './request'

test('a parameter that no provider could take is found out before it is sent', () => {
  expect(misfitsOf(DEFAULTS)).toEqual([])
  expect(misfitsOf({ ...DEFAULTS, temperature: '2', topP: '0', maxTokens: '1' })).toEqual([])
  expect(misfitsOf({ ...DEFAULTS, temperature: '99', topP: '-0.1', maxTokens: '-3' })).toEqual([
    'temperature',
    'topP',
    'maxTokens',
  ])
  expect(misfitsOf({ ...DEFAULTS, maxTokens: '1.5' })).toEqual(['maxTokens'])
})
