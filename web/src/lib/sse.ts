/**
 * The payloads of a server-sent event stream, in order, up to its end or `[DONE]`.
 * Comments and other fields are passed over; several data lines of one event are one payload.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let lines: string[] = []
  try {
    for (;;) {
      const { done, value } = await reader.read()
      rest += decoder.decode(value, { stream: !done })
      // A carriage return at the end may be the first half of a line's end.
      const whole = done ? `${rest}\n\n` : rest.endsWith('\r') ? rest.slice(0, -1) : rest
      const pieces = whole.split(/\r\n|\n|\r/)
      rest = (pieces.pop() ?? '') + (done ? '' : rest.slice(whole.length))
      for (const line of pieces) {
        if (line.startsWith('data:')) lines.push(line.slice(line[5] === ' ' ? 6 : 5))
        if (line !== '' || !lines.length) continue
        const payload = lines.join('\n')
        lines = []
        if (payload === '[DONE]') return
        yield payload
      }
      if (done) return
    }
  } finally {
    await reader.cancel()
  }
}
