import type { Client } from '@urql/core'
import { AnswerRowDocument } from '../../gql/playground'
import { added, BLANK, failureOf, messagesOf, type Answer, type Turn } from './answer'
import { headed, parts, post } from './completion'
import { forgetPlaygroundKey, playgroundKey } from './playgroundKey'
import { DEFAULTS, isAssured, requestOf, type ChatRequest, type Settings } from './request'

export type State = { settings: Settings; draft: string; turns: readonly Turn[]; busy: boolean }

// The log is written in batches; a slow database takes longer.
const ROW_AFTER_MS = [250, 350, 700, 1500, 3000, 6000]
const UNAUTHORIZED = 401

/**
 * A conversation and what it is held with. It lives outside the page, in memory alone: who looks at a log row
 * and comes back finds it as it was.
 */
export class Conversation {
  private state: State = { settings: DEFAULTS, draft: '', turns: [], busy: false }
  private readonly listeners = new Set<() => void>()
  private running: AbortController | null = null
  private lastId = 0
  private readonly client: Client
  private readonly workspaceId: string

  constructor(client: Client, workspaceId: string) {
    this.client = client
    this.workspaceId = workspaceId
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly read = (): State => this.state

  set(settings: Partial<Settings>): void {
    this.change({ settings: { ...this.state.settings, ...settings } })
  }

  write(draft: string): void {
    this.change({ draft })
  }

  /** Asks for what is written, unless an answer is on its way. */
  async send(): Promise<void> {
    const prompt = this.state.draft.trim()
    if (!prompt || this.state.busy) return
    this.change({ draft: '' })
    await this.ask(prompt, this.state.turns)
  }

  /** Throws the latest answer away and asks for another. */
  async sendAgain(): Promise<void> {
    const last = this.state.turns.at(-1)
    if (last && !this.state.busy) await this.ask(last.prompt, this.state.turns.slice(0, -1))
  }

  stop(): void {
    this.running?.abort()
  }

  clear(): void {
    this.stop()
    this.change({ turns: [] })
  }

  /** The request that the next prompt would make; what is written stands for it. */
  request(): ChatRequest {
    const { settings, draft, turns } = this.state
    const prompt = draft.trim()
    return requestOf(settings, [
      ...messagesOf(turns),
      ...(prompt ? [{ role: 'user' as const, content: prompt }] : []),
    ])
  }

  private async ask(prompt: string, before: readonly Turn[]): Promise<void> {
    const { settings } = this.state
    const request = requestOf(settings, [...messagesOf(before), { role: 'user', content: prompt }])
    const id = ++this.lastId
    const running = new AbortController()
    this.running = running
    this.change({
      turns: [...before, { id, prompt, model: request.model, answer: BLANK }],
      busy: true,
    })
    await this.answer(id, request, isAssured(settings), running.signal)
    this.running = null
    this.change({ busy: false })
  }

  private async answer(id: number, request: ChatRequest, assured: boolean, signal: AbortSignal) {
    const start = performance.now()
    const passed = () => Math.round(performance.now() - start)
    let requestId: string | null = null
    try {
      const response = await this.open(request, assured, signal)
      const said = headed(response)
      requestId = said.requestId
      this.mend(id, () => ({ headed: said }))
      for await (const part of parts(response)) this.mend(id, (so) => added(so, part, passed()))
      this.mend(id, ({ failure }) => ({ state: failure ? 'failed' : 'done' }))
    } catch (error) {
      this.mend(id, () =>
        signal.aborted ? { state: 'stopped' } : { state: 'failed', failure: failureOf(error) },
      )
    }
    this.mend(id, () => ({ durationMs: passed() }))
    if (requestId) void this.find(id, requestId)
  }

  private async open(request: ChatRequest, assured: boolean, signal: AbortSignal) {
    const call = async () => {
      const apiKey = await playgroundKey(this.client, this.workspaceId)
      signal.throwIfAborted()
      return post(request, { apiKey, assured, signal })
    }
    const response = await call()
    if (response.status !== UNAUTHORIZED) return response
    forgetPlaygroundKey(this.workspaceId)
    return call()
  }

  private async find(id: number, requestId: string): Promise<void> {
    for (const pause of ROW_AFTER_MS) {
      await new Promise((resolve) => setTimeout(resolve, pause))
      const { data } = await this.client.query(
        AnswerRowDocument,
        { workspaceId: this.workspaceId, id: requestId },
        { requestPolicy: 'network-only' },
      )
      const row = data?.workspace?.log
      if (row) return this.mend(id, () => ({ row }))
    }
  }

  private mend(id: number, by: (answer: Answer) => Partial<Answer>): void {
    this.change({
      turns: this.state.turns.map((turn) =>
        turn.id === id ? { ...turn, answer: { ...turn.answer, ...by(turn.answer) } } : turn,
      ),
    })
  }

  private change(by: Partial<State>): void {
    this.state = { ...this.state, ...by }
    for (const listener of this.listeners) listener()
  }
}

const conversations = new Map<string, Conversation>()

/** The workspace's conversation, begun where there is none. */
export function conversationOf(client: Client, workspaceId: string): Conversation {
  const conversation = conversations.get(workspaceId) ?? new Conversation(client, workspaceId)
  conversations.set(workspaceId, conversation)
  return conversation
}
