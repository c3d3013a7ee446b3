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
  lastError: null,
  createdAt: '2026-11-23T12:00:00Z',
}
const provider: Provider = {
  name: 'OPENAI',
  label: 'OpenAI',
  defaultBaseUrl: null,
  needsBaseUrl: false,
  supported: true,
  suggestedFallbackModel: null,
}
const failed = { at: '2026-11-23T13:00:00Z', statusCode: 401, message: 'No.' }
const passed: Test = { ok: true, durationMs: 5, errorMessage: null }

function log(createdAt: string | null, hasNextPage = false) {
  const attempts = [{ label: 'OpenAI' }]
  return { nodes: createdAt ? [{ createdAt, attempts }] : [], pageInfo: { hasNextPage } }
}

const none = log(null)
const used = log('2026-11-23T12:30:00Z')

test.each([
  ['used without a failure', key, provider, used, undefined, 'ok'],
  [
    'failing at requests, whatever a test says',
    { ...key, lastError: failed },
    provider,
    used,
    passed,
    'failing',
  ],
  ['off', { ...key, enabled: false, lastError: failed }, provider, used, undefined, 'off'],
  [
    'of a provider that is not spoken',
    key,
    { ...provider, supported: false },
    none,
    undefined,
    'unspoken',
  ],
  ['tested, though not used', key, provider, none, passed, 'ok'],
  ['never used', key, provider, none, undefined, 'untried'],
  ['not used by the last of many requests', key, provider, log(null, true), undefined, 'unseen'],
  [
    'younger than its namesake’s requests',
    key,
    provider,
    log('2026-11-23T11:00:00Z'),
    undefined,
    'untried',
  ],
] as const)('a key %s', (_, given, known, rows, outcome, expected) => {
  const { nodes, pageInfo } = rows
  const all = nodes.map((row) => ({ ...row, attempts: [...row.attempts] }))
  expect(statusOf({ ...given, modelMap: [] }, known, { nodes: all, pageInfo }, outcome)).toBe(
    expected,
  )
})
