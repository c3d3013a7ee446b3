import { expect, test } from 'vitest'
import { readEvents } from './sse'

function streamOf(...chunks: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk))
      controller.close()
    },
  })
}

test.each([
  ['one event', ['data: a\n\n'], ['a']],
  ['lines cut anywhere', ['da', 'ta: a\n', '\ndata: b', '\n\n'], ['a', 'b']],
  ['carriage returns, cut in their middle', ['data: a\r', '\n\r', '\ndata: b\r\n\r\n'], ['a', 'b']],
  ['comments and other fields', [': ping\n\nevent: x\nid: 1\ndata:a\n\n'], ['a']],
  ['several lines of one event', ['data: a\ndata: b\n\n'], ['a\nb']],
  ['nothing behind [DONE]', ['data: a\n\ndata: [DONE]\n\ndata: b\n\n'], ['a']],
  ['a last event without its end', ['data: a\n\ndata: b'], ['a', 'b']],
])('reads %s', async (_, chunks, expected) => {
  const events: string[] = []
  for await (const event of readEvents(streamOf(...chunks))) events.push(event)

  expect(events).toEqual(expected)
})

test('reads characters that a chunk cuts in two', async () => {
  const bytes = new TextEncoder().encode('data: é\n\n')
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.slice(0, 7))
      controller.enqueue(bytes.slice(7))
      controller.close()
    },
  })

  const events: string[] = []
  for await (const event of readEvents(stream)) events.push(event)

  expect(events).toEqual(['é'])
})
