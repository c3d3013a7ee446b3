import { expect, test } from 'vitest'
import { runs } from './runs'
import { suggestions } from './suggestions'

const key = {
  id: '1',
  provider: 'OPENAI' as const,
  enabled: true,
  defaultModel: 'gpt-4o',
  modelMap: [{ requested: 'fast' }],
}
const providers = [
  { name: 'OPENAI' as const, label: 'OpenAI', suggestedFallbackModel: 'gpt-5' },
  { name: 'CUSTOM' as const, label: 'Custom', suggestedFallbackModel: null },
]

test('models are suggested once, used ones first; those of a disabled key are not', () => {
  const custom = { ...key, provider: 'CUSTOM' as const, modelMap: [], defaultModel: null }
  const off = { ...key, enabled: false, defaultModel: 'off' }

  expect(
    suggestions({ usedModels: ['gpt-4o', 'o3'], providerKeys: [key, custom, off] }, providers),
  ).toEqual(['gpt-4o', 'o3', 'fast', 'gpt-5'])
})

test('neighbours that are the same are one', () => {
  expect(runs([503, 503, 200, 503], String)).toEqual([
    { text: '503', times: 2 },
    { text: '200', times: 1 },
    { text: '503', times: 1 },
  ])
})
