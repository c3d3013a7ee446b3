import { expect, test } from 'vitest'
import type { UsageQuery } from '../../gql/usage'
import { NOTHING } from './amounts'
import { csvOf, rowsOf, type Names } from './rows'

type Workspace = NonNullable<UsageQuery['workspace']>

const NAMES: Names = {
  provider: (name) => name.toLowerCase(),
  deletedKey: (id) => `deleted ${id}`,
  day: (day) => `day ${day.slice(0, 10)}`,
  rest: 'Rest',
  unserved: 'Nobody',
  total: 'Total',
}
const SINCE = '2026-11-22T00:00:00+00:00'

function workspace(values: Partial<Workspace>, current = {}): Workspace {
  const period = { ...NOTHING, p50DurationMs: 300, p95DurationMs: 900, ...current }
  return {
    id: 'w',
    usageSummary: {
      current: { ...period, since: SINCE, until: '2026-11-24T00:00:00+00:00' },
      previous: period,
    },
    usageSeries: [],
    ...values,
  }
}

function model(name: string, requests: number, costUsd: string | null) {
  return { ...NOTHING, model: name, requests, costUsd, p95DurationMs: 500 }
}

const MODELS = workspace(
  { usageByModel: [model('=many', 6, '0.1'), model('dear', 2, '0.2')] },
  { requests: 10, failedRequests: 2, costUsd: '0.300000001' },
)

test('rows have their share, what is left has a row of its own, and the total ends them', () => {
  const rows = rowsOf(MODELS, 'requests', NAMES)

  expect(rows.map(({ name, requests, share }) => [name, requests, share])).toEqual([
    ['=many', 6, 0.6],
    ['dear', 2, 0.2],
    ['Nobody', 2, 0.2],
    ['Total', 10, 1],
  ])
  expect(rows.map(({ costUsd }) => costUsd)).toEqual(['0.1', '0.2', '0.000000001', '0.300000001'])
  expect(rows[0]?.logs).toEqual({ model: '=many', since: SINCE })
  expect(rows[3]?.logs).toBeUndefined()
})

test('the order follows the figure', () => {
  expect(rowsOf(MODELS, 'cost', NAMES).map(({ name }) => name)[0]).toBe('dear')
})

test('without a figure there are no shares to divide by', () => {
  expect(rowsOf(MODELS, 'tokens', NAMES).map(({ share }) => share)).toEqual([0, 0, 0, 0])
})

test('keys that are gone keep their usage and their logs', () => {
  const key = { ...NOTHING, apiKeyId: 'k', apiKey: null, requests: 1, p95DurationMs: null }
  const rows = rowsOf(workspace({ usageByApiKey: [key] }, { requests: 1 }), 'requests', NAMES)

  expect(rows.map(({ name }) => name)).toEqual(['deleted k', 'Total'])
  expect(rows[0]?.logs).toEqual({ key: 'k', since: SINCE })
})

test('days come newest first, the groups of one added up, with the logs of that day', () => {
  const point = { ...NOTHING, group: 'OPENAI', other: false, requests: 1, costUsd: '0.1' }
  const rows = rowsOf(
    workspace(
      {
        usageSeries: [
          { ...point, day: '2026-11-22T00:00:00+00:00' },
          { ...point, day: '2026-11-23T00:00:00+00:00' },
          { ...point, day: '2026-11-23T00:00:00+00:00', other: true, costUsd: '0.2' },
        ],
      },
      { requests: 3, costUsd: '0.4' },
    ),
    'requests',
    NAMES,
  )

  expect(rows.map(({ name, requests, costUsd }) => [name, requests, costUsd])).toEqual([
    ['day 2026-11-23', 2, '0.3'],
    ['day 2026-11-22', 1, '0.1'],
    ['Total', 3, '0.4'],
  ])
  expect(rows[0]?.logs).toEqual({
    since: '2026-11-23T00:00:00+00:00',
    until: '2026-11-24T00:00:00.000Z',
  })
})

test('the file says what the table says, and no name is a formula', () => {
  expect(csvOf(rowsOf(MODELS, 'requests', NAMES), 'model', 'requests').split('\r\n')).toEqual([
    'model,requests,failed_requests,input_tokens,cached_input_tokens,output_tokens,cost_usd,share_of_requests,p95_duration_ms',
    "'=many,6,0,0,0,0,0.1,0.6,500",
    'dear,2,0,0,0,0,0.2,0.2,500',
    'Nobody,2,2,0,0,0,0.000000001,0.2,',
    'Total,10,2,0,0,0,0.300000001,1,900',
    '',
  ])
})
