import type { Problem } from '../../lib/errors'
import { readEvents } from '../../lib/sse'
import type { ChatRequest } from './request'

/** What the headers of an answer say. */
export type Headed = {
  requestId: string | null
  provider: string | null
  model: string | null
  attempts: number | null
}

export type FailedAttempt = { provider: string; status: number | null; message: string }

/** Why there is no answer, or only half of one. */
export type Failure =
  /** In the words of the route or of the provider; no status where the stream had begun. */
  | {
      kind: 'route'
      status: number | null
      code: string | null
      message: string
      attempts: readonly FailedAttempt[]
    }
  /** The stream just ended. */
  | { kind: 'interrupted' }
  /** Nobody answered, or no key was to be had. */
  | { kind: 'problem'; problem: Problem }

/** A piece of an answer. */
export type Part = {
  text?: string
  reasoning?: string
  finishReason?: string
  failure?: Failure
}

type Said = {
  content?: string | null
  refusal?: string | null
  reasoning?: string | null
  reasoning_content?: string | null
}
type Choice = { delta?: Said; message?: Said; finish_reason?: string | null }
type RouteError = {
  message?: string
  type?: string
  code?: string | null
  attempts?: FailedAttempt[]
}
type Body = { choices?: Choice[]; error?: RouteError }

const STREAM = 'text/event-stream'

/** Calls the route, as any client does: with an API key and without the session's cookie. */
export function post(
  request: ChatRequest,
  options: { apiKey: string; assured: boolean; signal: AbortSignal },
): Promise<Response> {
  return fetch('/v1/chat/completions', {
    method: 'POST',
    credentials: 'omit',
    headers: {
      Authorization: `Bearer ${options.apiKey}`,
      'Content-Type': 'application/json',
      ...(options.assured && { 'X-Perpetuo-Assured': 'true' }),
    },
    body: JSON.stringify(request),
    signal: options.signal,
  })
}

export function headed({ headers }: Response): Headed {
  const attempts = headers.get('x-perpetuo-attempts')
  const model = headers.get('x-perpetuo-model')
  return {
    requestId: headers.get('x-request-id'),
    provider: headers.get('x-perpetuo-provider'),
    model: model && readable(model),
    attempts: attempts ? Number(attempts) : null,
  }
}

/** The pieces of an answer as they come. A failure is the last one. */
export async function* parts(response: Response): AsyncGenerator<Part> {
  if (!response.ok) {
    yield { failure: failureOf(await errorOf(response), response.status) }
  } else if (response.body && response.headers.get('content-type')?.startsWith(STREAM)) {
    yield* streamed(response.body)
  } else {
    yield partOf((await response.json()) as Body)
  }
}

async function* streamed(body: ReadableStream<Uint8Array>): AsyncGenerator<Part> {
  let isFinished = false
  for await (const event of readEvents(body)) {
    const part = partOf(JSON.parse(event) as Body)
    isFinished ||= part.finishReason !== undefined
    yield part
    if (part.failure) return
  }
  if (!isFinished) yield { failure: { kind: 'interrupted' } }
}

function partOf({ error, choices }: Body): Part {
  if (error) return { failure: failureOf(error, null) }
  const choice = choices?.[0]
  const said = choice?.delta ?? choice?.message
  const text = said?.content || said?.refusal
  const reasoning = said?.reasoning_content || said?.reasoning
  return {
    ...(text && { text }),
    ...(reasoning && { reasoning }),
    ...(choice?.finish_reason && { finishReason: choice.finish_reason }),
  }
}

async function errorOf(response: Response): Promise<RouteError> {
  try {
    return ((await response.json()) as Body).error ?? {}
  } catch {
    // Something in between has answered, in its own way.
    return {}
  }
}

function failureOf(error: RouteError, status: number | null): Failure {
  return {
    kind: 'route',
    status,
    code: error.code ?? error.type ?? null,
    message: error.message ?? `HTTP ${status ?? ''}`.trim(),
    attempts: error.attempts ?? [],
  }
}

/** Headers hold printable ASCII, and everything else percent-encoded. */
function readable(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
