/** What the user has set; numbers as they were typed, and empty where the provider shall decide. */
export type Settings = {
  model: string
  system: string
  temperature: string
  maxTokens: string
  topP: string
  stream: boolean
  assured: boolean
}

export type Message = { role: 'system' | 'user' | 'assistant'; content: string }

/** The body of a completion, its keys in the order in which they are shown. */
export type ChatRequest = {
  model: string
  messages: Message[]
  temperature?: number
  max_tokens?: number
  top_p?: number
  stream?: true
}

export const DEFAULTS: Settings = {
  model: '',
  system: '',
  temperature: '',
  maxTokens: '',
  topP: '',
  stream: true,
  assured: false,
}

/** The request for an answer to these messages. */
export function requestOf(settings: Settings, messages: readonly Message[]): ChatRequest {
  const system = settings.system.trim()
  const temperature = numberOf(settings.temperature)
  const maxTokens = numberOf(settings.maxTokens)
  const topP = numberOf(settings.topP)
  return {
    model: settings.model.trim(),
    messages: [...(system ? [{ role: 'system' as const, content: system }] : []), ...messages],
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(topP !== undefined && { top_p: topP }),
    ...(settings.stream && { stream: true }),
  }
}

/** What a parameter may be, where one is given. */
export const LIMITS = {
  temperature: { least: 0, most: 2, step: 0.1 },
  topP: { least: 0, most: 1, step: 0.05 },
  maxTokens: { least: 1, most: undefined, step: 1 },
} as const

export type Parameter = keyof typeof LIMITS

/** The parameters that no provider could take. */
export function misfitsOf(settings: Settings): Parameter[] {
  return (Object.keys(LIMITS) as Parameter[]).filter((name) => {
    const { least, most = Infinity } = LIMITS[name]
    const number = numberOf(settings[name])
    if (number === undefined) return false
    return number < least || number > most || (name === 'maxTokens' && !Number.isInteger(number))
  })
}

/** Whether the answer shall be whole before its first word comes; only a stream can be held back. */
export function isAssured({ stream, assured }: Settings): boolean {
  return stream && assured
}

function numberOf(text: string): number | undefined {
  const number = Number(text)
  return text.trim() && Number.isFinite(number) ? number : undefined
}
