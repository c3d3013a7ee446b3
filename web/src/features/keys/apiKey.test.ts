import { expect, test } from 'vitest'
import { expiryOf, isPlaygroundKey, stateOf } from './apiKey'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const LATER = '2026-11-23T12:59:00Z'
const EARLIER = '2026-11-23T11:59:00Z'

test.each([
  ['active', { active: true, revokedAt: null, expiresAt: null }],
  ['active', { active: true, revokedAt: null, expiresAt: LATER }],
  ['expired', { active: false, revokedAt: null, expiresAt: EARLIER }],
  ['expired', { active: true, revokedAt: null, expiresAt: EARLIER }],
  ['revoked', { active: false, revokedAt: EARLIER, expiresAt: EARLIER }],
])('a key is %s: %j', (state, key) => {
  expect(stateOf(key, NOW)).toBe(state)
})

test('a key of the playground is known by its name and its short life', () => {
  const key = { name: 'playground', createdAt: '2026-11-23T12:00:00Z', expiresAt: LATER }

  expect(isPlaygroundKey(key)).toBe(true)
  expect(isPlaygroundKey({ ...key, expiresAt: null })).toBe(false)
  expect(isPlaygroundKey({ ...key, expiresAt: '2026-11-30T12:00:00Z' })).toBe(false)
  expect(isPlaygroundKey({ ...key, name: 'mine' })).toBe(false)
})

test('a key stops never, after some days, or at the end of a UTC day', () => {
  expect(expiryOf('never', '2026-12-31', NOW)).toBeNull()
  expect(expiryOf('30', '', NOW)).toBe('2026-12-23T12:00:00.000Z')
  expect(expiryOf('date', '2026-12-31', NOW)).toBe('2026-12-31T23:59:59Z')
})
