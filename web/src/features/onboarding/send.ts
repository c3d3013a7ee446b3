/** What came of a completion: the text, or why there is none, in the route's own words. */
export type Sent = { ok: true; text: string } | { ok: false; message: string }

/** Asks the route for a completion. `message` is empty where the gateway did not answer. */
export async function send(apiKey: string, model: string, prompt: string): Promise<Sent> {
  try {
    const response = await fetch('/v1/chat/completions', {
      method: 'POST',
      headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: prompt }] }),
    })
    const answer: unknown = await response.json()
    return response.ok
      ? { ok: true, text: textAt(answer, 'choices', 0, 'message', 'content') }
      : { ok: false, message: textAt(answer, 'error', 'message') }
  } catch {
    return { ok: false, message: '' }
  }
}

/** The text at a path within an answer; empty where there is none. */
function textAt(answer: unknown, ...path: (string | number)[]): string {
  const found = path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    answer,
  )
  return typeof found === 'string' ? found : ''
}
