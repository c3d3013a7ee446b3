import { expect, test } from 'vitest'
import { headed, parts, type Part } from './completion'

const STREAM = { headers: { 'content-type': 'text/event-stream; charset=utf-8' } }

async function all(response: Response): Promise<Part[]> {
  const found: Part[] = []
  for await (const part of parts(response)) found.push(part)
  return found
}

const events = (...payloads: unknown[]) =>
  payloads.map((payload) => `data: ${JSON.stringify(payload)}\n\n`).join('')

const delta = (said: object, finishReason: string | null = null) => ({
  choices: [{ delta: said, finish_reason: finishReason }],
})

test('a stream brings reasoning, text and why it ended', async () => {
  const body = `${events(
    delta({ role: 'assistant', content: '' }),
    delta({ reasoning_content: 'Hm' }),
    delta({ content: 'Hello' }),
    delta({}, 'length'),
    { choices: [], usage: {} },
  )}data: [DONE]\n\n`

  expect(await all(new Response(body, STREAM))).toEqual([
    {},
    { reasoning: 'Hm' },
    { text: 'Hello' },
    { finishReason: 'length' },
    {},
  ])
})

test('a plain answer is one piece, a refusal is its text', async () => {
  const body = { choices: [{ message: { content: null, refusal: 'No.' }, finish_reason: 'stop' }] }

  expect(await all(Response.json(body))).toEqual([{ text: 'No.', finishReason: 'stop' }])
})

test('an error within the stream ends it in the words of the provider', async () => {
  const body = events(
    delta({ content: 'He' }),
    { error: { message: 'OpenAI: Oh no.', type: 'server_error', code: 'upstream_error' } },
    delta({ content: 'llo' }),
  )

  expect(await all(new Response(body, STREAM))).toEqual([
    { text: 'He' },
    {
      failure: {
        kind: 'route',
        status: null,
        code: 'upstream_error',
        message: 'OpenAI: Oh no.',
        attempts: [],
      },
    },
  ])
})

test('a stream that just ends is half an answer', async () => {
  const [, last] = await all(new Response(events(delta({ content: 'He' })), STREAM))

  expect(last).toEqual({ failure: { kind: 'interrupted' } })
})

test.each([
  [
    Response.json(
      {
        error: {
          message: 'Busy.',
          code: 'overloaded',
          attempts: [{ provider: 'Main', status: null, message: 'x' }],
        },
      },
      { status: 503 },
    ),
    {
      status: 503,
      code: 'overloaded',
      message: 'Busy.',
      attempts: [{ provider: 'Main', status: null, message: 'x' }],
    },
  ],
  [
    new Response('<html>Bad gateway</html>', { status: 502 }),
    { status: 502, code: null, message: 'HTTP 502', attempts: [] },
  ],
])('a refusal is said as it was answered', async (response, failure) => {
  expect(await all(response)).toEqual([{ failure: { kind: 'route', ...failure } }])
})

test('headers say who answered', () => {
  const headers = {
    'x-request-id': '1',
    'x-perpetuo-provider': 'OPENAI',
    'x-perpetuo-model': 'gpt%C3%A9',
    'x-perpetuo-attempts': '2',
  }

  expect(headed(new Response('', { headers }))).toEqual({
    requestId: '1',
    provider: 'OPENAI',
    model: 'gpté',
    attempts: 2,
  })
  expect(headed(new Response('', { headers: { 'x-perpetuo-model': '100%' } }))).toEqual({
    requestId: null,
    provider: null,
    model: '100%',
    attempts: null,
  })
})
