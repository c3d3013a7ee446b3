import type { AnswerRowQuery } from '../../gql/playground'
import type { Failure, Headed, Part } from './completion'
import { NoKey } from './playgroundKey'
import type { Message } from './request'

export type Row = NonNullable<NonNullable<AnswerRowQuery['workspace']>['log']>

export type Answer = {
  state: 'waiting' | 'coming' | 'done' | 'stopped' | 'failed'
  text: string
  reasoning: string
  finishReason: string | null
  failure: Failure | null
  headed: Headed | null
  /** As this browser has measured it. */
  firstTokenMs: number | null
  durationMs: number | null
  /** Its row of the log, which comes a moment later. */
  row: Row | null
}

export type Turn = { id: number; prompt: string; model: string; answer: Answer }

export const BLANK: Answer = {
  state: 'waiting',
  text: '',
  reasoning: '',
  finishReason: null,
  failure: null,
  headed: null,
  firstTokenMs: null,
  durationMs: null,
  row: null,
}

/** What a piece of it, so long after the question, makes of an answer. */
export function added(answer: Answer, part: Part, passedMs: number): Partial<Answer> {
  const isFirst = answer.firstTokenMs === null && (part.text ?? part.reasoning) !== undefined
  return {
    state: 'coming',
    text: answer.text + (part.text ?? ''),
    reasoning: answer.reasoning + (part.reasoning ?? ''),
    finishReason: part.finishReason ?? answer.finishReason,
    failure: part.failure ?? answer.failure,
    firstTokenMs: isFirst ? passedMs : answer.firstTokenMs,
  }
}

/** What was said so far. What failed was not said, but half an answer was where the user has stopped it. */
export function messagesOf(turns: readonly Turn[]): Message[] {
  return turns
    .filter(({ answer }) => answer.state !== 'failed' && answer.text)
    .flatMap(({ prompt, answer }) => [
      { role: 'user' as const, content: prompt },
      { role: 'assistant' as const, content: answer.text },
    ])
}

/** What an exception means that came in the place of an answer. */
export function failureOf(error: unknown): Failure {
  if (error instanceof NoKey) return { kind: 'problem', problem: error.problem }
  // What fetch raises where there is no connection.
  if (error instanceof TypeError)
    return { kind: 'problem', problem: { code: 'NETWORK', field: null, message: '' } }
  return { kind: 'interrupted' }
}
