import { expect, test } from 'vitest'
import { statusOf } from './status'
import type { Provider, ProviderKey, Test } from './types'

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
  lastAttemptAt: null,
  lastError: null,
}
const provider: Provider = {
  name: 'OPENAI',
  label: 'OpenAI',
  defaultBaseUrl: null,
  needsBaseUrl: false,
  supported: true,
  suggestedFallbackModel: null,
}
const at = '2026-11-23T13:00:00Z'
const used = { ...key, lastAttemptAt: at }
const failed = { ...used, lastError: { at, statusCode: 401, message: 'No.' } }
const unspoken = { ...provider, supported: false }
const passed: Test = { ok: true, durationMs: 5, errorMessage: null }
const refused: Test = { ok: false, durationMs: 5, errorMessage: 'No.' }

test.each([
  ['used without a failure', used, provider, undefined, 'ok'],
  ['failing at requests, whatever a test says', failed, provider, passed, 'failing'],
  ['off', { ...failed, enabled: false }, provider, undefined, 'off'],
  ['of a provider that is not spoken', key, unspoken, undefined, 'unspoken'],
  ['tested, though not used', key, provider, passed, 'ok'],
  ['refused by a test, and never used', key, provider, refused, 'untried'],
  ['never used', key, provider, undefined, 'untried'],
] as const)('a key %s', (_, given, known, outcome, expected) => {
  expect(statusOf({ ...given, modelMap: [] }, known, outcome)).toBe(expected)
})
