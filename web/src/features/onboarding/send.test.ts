import { afterEach, expect, test, vi } from 'vitest'
import { send } from './send'

afterEach(() => vi.unstubAllGlobals())

function answer(status: number, body: string) {
  const fetch = vi.fn<typeof globalThis.fetch>(async () => new Response(body, { status }))
  vi.stubGlobal('fetch', fetch)
  return fetch
}

test('the text of an answer is given, and the key goes into a header alone', async () => {
  const fetch = answer(200, '{"choices":[{"message":{"content":"Hello!"}}]}')

  expect(await send('pk_secret', 'gpt-mini', 'Say hello')).toEqual({ ok: true, text: 'Hello!' })
  const [url, init] = fetch.mock.calls[0] ?? []
  expect(url).toBe('/v1/chat/completions')
  expect(new Headers(init?.headers).get('Authorization')).toBe('Bearer pk_secret')
  expect(init?.body).toBe('{"model":"gpt-mini","messages":[{"role":"user","content":"Say hello"}]}')
})

test.each([
  {
    name: "the route's words",
    status: 404,
    body: '{"error":{"message":"No such model."}}',
    message: 'No such model.',
  },
  { name: 'an error without words', status: 502, body: '{}', message: '' },
  { name: 'something else than JSON', status: 502, body: '<html>', message: '' },
])('$name', async ({ status, body, message }) => {
  answer(status, body)

  expect(await send('pk_secret', 'gpt-mini', 'Hi')).toEqual({ ok: false, message })
})
