import type { Client } from '@urql/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Conversation } from './conversation'

type Call = { apiKey: string; body: { messages: { role: string; content: string }[] } }

const HOUR_MS = 3_600_000
const ROW = { id: 'row-1', statusCode: 200, attempts: [] }
let calls: Call[]
let answers: (() => Promise<Response> | Response)[]
let keysMade: number
let workspaces = 0

/** A gateway that takes the newest key alone, and whose log has a row at the second look. */
function conversation(lifetimeMs = HOUR_MS): Conversation {
  let looks = 0
  const client = {
    mutation: () => {
      keysMade += 1
      const expiresAt = new Date(Date.now() + lifetimeMs).toISOString()
      const apiKey = { id: 'key', expiresAt }
      return Promise.resolve({
        data: { createPlaygroundKey: { secret: `pk_${keysMade}`, apiKey } },
      })
    },
    query: () => {
      looks += 1
      return Promise.resolve({ data: { workspace: { log: looks > 1 ? ROW : null } } })
    },
  }
  // Keys are kept by workspace.
  workspaces += 1
  const made = new Conversation(client as unknown as Client, `workspace-${workspaces}`)
  made.set({ model: 'gpt-4o', stream: false })
  return made
}

function said(content: string): Response {
  const headers = { 'x-request-id': 'row-1' }
  return Response.json({ choices: [{ message: { content }, finish_reason: 'stop' }] }, { headers })
}

async function ask(of: Conversation, prompt: string): Promise<void> {
  of.write(prompt)
  await of.send()
}

beforeEach(() => {
  vi.useFakeTimers()
  calls = []
  answers = []
  keysMade = 0
  vi.stubGlobal('fetch', (_: string, { headers, body, signal }: RequestInit) => {
    const { Authorization: bearer } = headers as Record<string, string>
    calls.push({
      apiKey: bearer?.replace('Bearer ', '') ?? '',
      body: JSON.parse(body as string) as Call['body'],
    })
    signal?.throwIfAborted()
    return Promise.resolve(answers.shift()?.() ?? said('Yes.'))
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('what was said goes along, and the row of the log is found', async () => {
  const talk = conversation()

  await ask(talk, ' One ')
  await ask(talk, 'Two')
  await vi.runAllTimersAsync()

  expect(calls[1]?.body.messages).toEqual([
    { role: 'user', content: 'One' },
    { role: 'assistant', content: 'Yes.' },
    { role: 'user', content: 'Two' },
  ])
  expect(talk.read().turns.map(({ answer }) => answer.row)).toEqual([ROW, ROW])
  expect(talk.read()).toMatchObject({ busy: false, draft: '' })
  expect(keysMade).toBe(1)
})

test('a key is renewed shortly before it ends, and once where it is refused', async () => {
  const talk = conversation(10 * 60_000)
  await ask(talk, 'One')

  await vi.advanceTimersByTimeAsync(9 * 60_000)
  await ask(talk, 'Two')
  answers = [() => new Response('{}', { status: 401 })]
  await ask(talk, 'Three')

  expect(calls.map(({ apiKey }) => apiKey)).toEqual(['pk_1', 'pk_2', 'pk_2', 'pk_3'])

  answers = [
    () => new Response('{}', { status: 401 }),
    () => Response.json({ error: { message: 'Bad key.' } }, { status: 401 }),
  ]
  await ask(talk, 'Four')

  expect(talk.read().turns.at(-1)?.answer.failure).toMatchObject({ message: 'Bad key.' })
})

test('what failed was not said, and can be asked again', async () => {
  const talk = conversation()
  answers = [() => Promise.reject(new TypeError('Failed to fetch'))]

  await ask(talk, 'One')
  expect(talk.read().turns[0]?.answer).toMatchObject({
    state: 'failed',
    failure: { kind: 'problem', problem: { code: 'NETWORK' } },
  })
  expect(talk.request().messages).toEqual([])
  await talk.sendAgain()

  expect(talk.read().turns.map(({ answer }) => answer.state)).toEqual(['done'])
})

test('one answer at a time; stopping keeps what has come', async () => {
  const talk = conversation()
  const text = new TextEncoder().encode(
    'data: {"choices":[{"delta":{"content":"Half"},"finish_reason":null}]}\n\n',
  )
  let body: ReadableStreamDefaultController<Uint8Array> | undefined
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      body = controller
      controller.enqueue(text)
    },
  })
  answers = [() => new Response(stream, { headers: { 'content-type': 'text/event-stream' } })]

  const asked = ask(talk, 'One')
  await vi.waitFor(() => expect(talk.read().turns[0]?.answer.text).toBe('Half'))
  await ask(talk, 'Two')
  expect(talk.read()).toMatchObject({ busy: true, draft: 'Two' })
  talk.stop()
  // As fetch does.
  body?.error(new DOMException('The user aborted a request.', 'AbortError'))
  await asked

  expect(talk.read().turns.map(({ answer }) => answer.state)).toEqual(['stopped'])
  expect(talk.request().messages.map(({ content }) => content)).toEqual(['One', 'Half', 'Two'])
})

test('clearing ends what is on its way', async () => {
  const talk = conversation()
  answers = [() => new Promise(() => {})]
  void ask(talk, 'One')
  await vi.waitFor(() => expect(calls).toHaveLength(1))

  talk.clear()
  talk.write('Two')

  expect(talk.read().turns).toEqual([])
})
