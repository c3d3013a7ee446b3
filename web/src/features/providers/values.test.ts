import { expect, test } from 'vitest'
import { additionOf, changeOf, limitName, rowNames } from './values'
import type { Provider } from './types'

const custom: Provider = {
  name: 'CUSTOM',
  label: 'Custom',
  defaultBaseUrl: null,
  needsBaseUrl: true,
  suggestedFallbackModel: null,
}

function form(values: Record<string, string>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(values)) data.set(name, value)
  return data
}

test('what is left blank is left to the server', () => {
  const values = form({ apiKey: '', label: '', baseUrl: ' http://here/v1 ', defaultModel: '' })

  expect(additionOf(values, 'w', custom, true)).toEqual({
    workspaceId: 'w',
    provider: 'CUSTOM',
    apiKey: '',
    label: null,
    baseUrl: 'http://here/v1',
    defaultModel: null,
    modelMap: [],
    timeouts: { firstTokenS: null, streamIdleS: null, answerS: null, headerS: null },
    enabled: true,
  })
})

test('without a new API key the stored one stays', () => {
  expect(changeOf(form({ label: 'A', apiKey: '' }), '1', false)).not.toHaveProperty('apiKey')
  expect(changeOf(form({ label: 'A', apiKey: 'sk-2' }), '1', false).apiKey).toBe('sk-2')
})

test('a time limit left blank is left to the server, and none is zero', () => {
  const values = form({ [limitName('firstTokenS')]: '45.5', [limitName('answerS')]: '0' })

  expect(changeOf(values, '1', true).timeouts).toEqual({
    firstTokenS: 45.5,
    streamIdleS: null,
    answerS: 0,
    headerS: null,
  })
})

test('rows of the model map keep their pairs, also where one between them is gone', () => {
  const values = form({
    [rowNames(0).requested]: 'a',
    [rowNames(0).target]: 'x',
    [rowNames(2).requested]: 'b',
    [rowNames(2).target]: 'y',
  })

  expect(changeOf(values, '1', true).modelMap).toEqual([
    { requested: 'a', target: 'x' },
    { requested: 'b', target: 'y' },
  ])
})
