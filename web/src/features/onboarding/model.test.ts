import { expect, test } from 'vitest'
import { suggestedModel } from './model'

const PROVIDERS = [
  { name: 'OPENAI' as const, suggestedFallbackModel: 'gpt-general' },
  { name: 'CUSTOM' as const, suggestedFallbackModel: null },
]
const key = (provider: 'OPENAI' | 'CUSTOM', more = {}) => ({
  provider,
  enabled: true,
  defaultModel: null,
  modelMap: [],
  ...more,
})

test.each([
  { name: 'none', keys: [], model: '' },
  { name: "the provider's own", keys: [key('OPENAI')], model: 'gpt-general' },
  {
    name: 'the fallback model first',
    keys: [key('OPENAI', { defaultModel: 'gpt-mine' })],
    model: 'gpt-mine',
  },
  {
    name: 'a mapped one',
    keys: [key('CUSTOM', { modelMap: [{ requested: 'simulated' }] })],
    model: 'simulated',
  },
  {
    name: 'the next key where the first knows none',
    keys: [key('CUSTOM'), key('OPENAI')],
    model: 'gpt-general',
  },
  { name: 'nothing of a disabled key', keys: [key('OPENAI', { enabled: false })], model: '' },
])('$name', ({ keys, model }) => {
  expect(suggestedModel(keys, PROVIDERS)).toBe(model)
})
