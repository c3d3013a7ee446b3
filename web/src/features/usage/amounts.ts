import type { Metric } from './search'

/** What some requests used. */
export type Amounts = {
  requests: number
  failedRequests: number
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
  /** The API's exact decimal text; null: no price is known. */
  costUsd: string | null
}

const NANO = 1e9

export const NOTHING: Amounts = {
  requests: 0,
  failedRequests: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  costUsd: null,
}

/** The one figure of them that is looked at. */
export function figureOf(amounts: Amounts, metric: Metric): number {
  if (metric === 'tokens') return amounts.inputTokens + amounts.outputTokens
  return metric === 'cost' ? Number(amounts.costUsd ?? 0) : amounts.requests
}

export function sum(all: readonly Amounts[]): Amounts {
  return all.reduce((left, right) => combine(left, right, 1), NOTHING)
}

/** The first without the second, of which it is made in part. */
export function without(whole: Amounts, part: Amounts): Amounts {
  return combine(whole, part, -1)
}

function combine(left: Amounts, right: Amounts, sign: 1 | -1): Amounts {
  const join = (a: number, b: number) => Math.max(0, a + sign * b)
  const hasCost = left.costUsd !== null || right.costUsd !== null
  return {
    requests: join(left.requests, right.requests),
    failedRequests: join(left.failedRequests, right.failedRequests),
    inputTokens: join(left.inputTokens, right.inputTokens),
    cachedInputTokens: join(left.cachedInputTokens, right.cachedInputTokens),
    outputTokens: join(left.outputTokens, right.outputTokens),
    costUsd: hasCost ? fromNano(join(toNano(left.costUsd), toNano(right.costUsd))) : null,
  }
}

// Money is kept in whole billionths: as such, sums of it are exact.
function toNano(usd: string | null): number {
  return Math.round(Number(usd ?? 0) * NANO)
}

function fromNano(nano: number): string {
  return (nano / NANO).toFixed(9).replace(/\.?0+$/, '')
}
