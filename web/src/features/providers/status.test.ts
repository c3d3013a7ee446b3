import { expect, test } from 'vitest'
import { statusOf } from './status'
import type { ProviderKey, Test } from './types'

const key: ProviderKey = {
  id: '1',
  provider: 'OPENAI',
  label: 'OpenAI',
  baseUrl: null,
  keyHint: 'sk-…0001',
  priority: 1,
  enabled: true,
  modelMap: [],
  defaultModel: null,
  timeouts: { firstTokenS: null, streamIdleS: null, answerS: null, headerS: null },
  lastAttemptAt: null,
  lastError: null,
}
const at = '2026-11-23T13:00:00Z'
const used = { ...key, lastAttemptAt: at }
const failed = { ...used, lastError: { at, statusCode: 401, message: 'No.' } }
const passed: Test = { ok: true, durationMs: 5, errorMessage: null }
const refused: Test = { ok: false, durationMs: 5, errorMessage: 'No.' }

test.each([
  ['used without a failure', used, undefined, 'ok'],
  ['failing at requests, whatever a test says', failed, passed, 'failing'],
  ['off', { ...failed, enabled: false }, undefined, 'off'],
  ['tested, though not used', key, passed, 'ok'],
  ['refused by a test, and never used', key, refused, 'untried'],
  ['never used', key, undefined, 'untried'],
] as const)('a key %s', (_, given, outcome, expected) => {
  expect(statusOf({ ...given, modelMap: [] }, outcome)).toBe(expected)
})
