import type { LogDetailFragment } from '../../gql/logs'

type Log = Pick<LogDetailFragment, 'attempts' | 'durationMs' | 'stream' | 'timeToFirstTokenMs'>
type Attempt = Log['attempts'][number]

/** Where a bar stands along the time, in CSS. */
export type Bar = { left: string; width: string }

export type Timeline = {
  attempts: readonly { attempt: Attempt; bar: Bar }[]
  /** From the first token to the last; null where nothing was streamed. */
  stream: { durationMs: number; bar: Bar } | null
  /** What passed between the attempts, which is not drawn: nobody knows when. */
  waitingMs: number
}

/** How the time of a request passed. An attempt lasts until the answer, or its first token, is there. */
export function timelineOf(log: Log): Timeline {
  const { attempts, durationMs, stream, timeToFirstTokenMs } = log
  const triedMs = sum(attempts)
  const streamMs =
    stream && timeToFirstTokenMs !== null ? Math.max(0, durationMs - timeToFirstTokenMs) : 0
  const spanMs = Math.max(1, triedMs + streamMs)
  const bar = (fromMs: number, ms: number) => ({
    left: `${(fromMs / spanMs) * 100}%`,
    width: `${(ms / spanMs) * 100}%`,
  })
  return {
    attempts: attempts.map((attempt, index) => ({
      attempt,
      bar: bar(sum(attempts.slice(0, index)), attempt.durationMs),
    })),
    stream: streamMs > 0 ? { durationMs: streamMs, bar: bar(triedMs, streamMs) } : null,
    waitingMs: attempts.length > 1 ? Math.max(0, durationMs - triedMs - streamMs) : 0,
  }
}

function sum(attempts: readonly Attempt[]): number {
  return attempts.reduce((total, { durationMs }) => total + durationMs, 0)
}
