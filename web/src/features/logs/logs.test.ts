import { expect, test } from 'vitest'
import type { ExportRow } from './exporting'
import { FORMATS, fileName } from './exporting'
import { isFiltered, matches, toLogFilter } from './filter'
import { outcomeOf } from '../../lib/outcome'
import { countTries, mergeRows, type LogRow } from './rows'
import { logsSearch } from './search'
import { EMPTY_TAIL, isSpent, MOST_ROWS, receive, reveal, settle, withTail } from './tail'
import { timelineOf } from './timeline'

const NOW = Date.parse('2026-11-23T12:00:30.000Z')

function row(values: Partial<LogRow> = {}): LogRow {
  return {
    id: '019ab000-0000-7000-8000-000000000001',
    createdAt: '2026-11-23T12:00:00.000Z',
    apiKeyId: 'key-1',
    apiKey: null,
    requestedModel: 'fast',
    model: 'gpt-4o',
    providerUsed: 'OPENAI',
    statusCode: 200,
    stream: false,
    inputTokens: 1,
    outputTokens: 1,
    costUsd: null,
    durationMs: 10,
    timeToFirstTokenMs: null,
    errorMessage: null,
    attempts: [],
    ...values,
  }
}

const attempt = (durationMs: number) => ({
  provider: 'OPENAI' as const,
  label: 'OpenAI',
  model: 'gpt-4o',
  statusCode: 200,
  durationMs,
  errorMessage: null,
})
const labels = (...names: string[]) => names.map((label) => ({ label }))
const numbered = (number: number) => row({ id: `id-${String(number).padStart(4, '0')}` })
const ids = (rows: readonly LogRow[]) => rows.map(({ id }) => Number(id.slice(3)))

test('an address is narrowed to what the page knows', () => {
  const search = { status: 'odd', provider: 'OPENAI', q: 'x', live: 'true', range: '1h', id: '' }

  expect(logsSearch(search)).toEqual({
    range: '1h',
    since: undefined,
    until: undefined,
    status: undefined,
    provider: 'OPENAI',
    model: undefined,
    key: undefined,
    q: 'x',
    after: undefined,
    id: undefined,
    live: true,
  })
  expect(logsSearch({ range: '1h', since: '2026-11-23' }).range).toBeUndefined()
})

test('a range is counted back from now, at whole minutes', () => {
  expect(toLogFilter({ range: '1h' }, NOW).since).toBe('2026-11-23T11:00:00.000Z')
  expect(toLogFilter({ since: '2026-01-01T00:00:00.000Z' }, NOW).since).toBe(
    '2026-01-01T00:00:00.000Z',
  )
  expect(isFiltered({})).toBe(false)
  expect(isFiltered({ q: 'x' })).toBe(true)
})

test.each([
  [{ status: 'succeeded' }, { statusCode: 200 }, true],
  [{ status: 'succeeded' }, { statusCode: 499 }, false],
  [{ status: 'failed' }, { statusCode: 503 }, true],
  [{ status: 'failed' }, { statusCode: 499 }, false],
  [{ status: 'left' }, { statusCode: 499 }, true],
  [{ provider: 'OPENAI' }, { providerUsed: null }, false],
  [{ model: 'gpt-4o' }, { model: 'gpt-4o-mini' }, false],
  [{ key: 'key-2' }, {}, false],
  [{ q: 'GPT' }, {}, true],
  [{ q: 'fas' }, {}, true],
  [{ q: 'overload' }, { errorMessage: 'Overloaded' }, true],
  [{ q: 'nothing' }, {}, false],
  [{ q: '019ab000-0000-7000-8000-000000000001' }, {}, true],
  [{ q: '019AB000000070008000000000000002' }, {}, false],
  [{ since: '2026-11-23T12:00:00.000Z' }, {}, true],
  [{ until: '2026-11-23T12:00:00.000Z' }, {}, false],
] as const)('filter %j on a row with %j: %s', (filter, values, expected) => {
  expect(matches(row(values), toLogFilter(filter, NOW))).toBe(expected)
})

test('rows take their place by id, once', () => {
  expect(ids(mergeRows([numbered(2), numbered(1)], [numbered(3), numbered(2)]))).toEqual([3, 2, 1])
})

test('rows wait while one reads, and show at once at the top', () => {
  const waiting = receive(EMPTY_TAIL, [numbered(3)], false)

  expect(ids(waiting.waiting)).toEqual([3])
  expect(ids(withTail([numbered(1)], waiting))).toEqual([1])
  expect(ids(withTail([numbered(1)], reveal(waiting)))).toEqual([3, 1])
  expect(ids(withTail([numbered(1)], receive(waiting, [numbered(2)], true)))).toEqual([3, 2, 1])
})

test('beyond what is kept the page is fetched again', () => {
  const many = Array.from({ length: MOST_ROWS + 1 }, (_, number) => numbered(number))
  const waiting = receive(EMPTY_TAIL, many, false)

  expect(waiting.waiting).toHaveLength(MOST_ROWS)
  expect(waiting.missed).toBe(true)
  expect(isSpent(waiting)).toBe(false)
  expect(isSpent(reveal(waiting))).toBe(true)
  const settled = settle(reveal(waiting), [numbered(200), numbered(199)], true)
  expect(settled).toEqual(EMPTY_TAIL)
})

test('a long completion that began before the page keeps its place where no page follows', () => {
  const tail = receive(EMPTY_TAIL, [numbered(1), numbered(5)], true)

  expect(ids(settle(tail, [numbered(4), numbered(3)], true).applied)).toEqual([5])
  expect(ids(settle(tail, [numbered(4), numbered(3)], false).applied)).toEqual([5, 1])
})

test('fallbacks and retries are told apart', () => {
  expect(countTries([])).toEqual({ fallbacks: 0, retries: 0 })
  expect(countTries(labels('a', 'a', 'b'))).toEqual({ fallbacks: 1, retries: 1 })
  expect([outcomeOf(200), outcomeOf(404), outcomeOf(499)]).toEqual(['succeeded', 'failed', 'left'])
})

test('bars follow each other, and the stream follows them', () => {
  const timeline = timelineOf({
    attempts: [attempt(10), attempt(30)],
    durationMs: 150,
    stream: true,
    timeToFirstTokenMs: 90,
  })

  expect(timeline.attempts.map(({ bar }) => bar)).toEqual([
    { left: '0%', width: '10%' },
    { left: '10%', width: '30%' },
  ])
  expect(timeline.stream).toEqual({ durationMs: 60, bar: { left: '40%', width: '60%' } })
  expect(timeline.waitingMs).toBe(50)
})

test('an exported row cannot become a formula', () => {
  const exported: ExportRow = {
    ...row({ requestedModel: '=1+1,"x"', costUsd: '0.00001' }),
    cachedInputTokens: 0,
    tokensEstimated: true,
    errorCode: null,
    notes: ['a', 'b'],
    attempts: [],
  }

  const header = FORMATS.csv.head.trim().split(',')
  const line = FORMATS.csv.line(exported)

  expect(header.slice(0, 4)).toEqual(['id', 'created_at', 'status_code', 'requested_model'])
  expect(line).toContain(`,200,"'=1+1,""x""",gpt-4o,OPENAI,`)
  expect(line).toContain(',0.00001,')
  expect(line).toContain(',a; b,')
  expect(JSON.parse(FORMATS.jsonl.line(exported))).toMatchObject({ requestedModel: '=1+1,"x"' })
  expect(fileName('csv', new Date(2026, 10, 3, 4, 5, 6))).toBe(
    'perpetuo-logs-2026-11-03-040506.csv',
  )
})
