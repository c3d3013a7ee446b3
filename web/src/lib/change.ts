export type Direction = 'up' | 'down' | 'same'

/** How a value has moved; `by` is a share of what it was, and never negative. */
export type Change = { direction: Direction; by: number }

// Below half a percent nobody would call it a change.
const NOTABLE = 0.005
const NOTABLE_POINTS = 0.001

/**
 * How far `now` is from `before`, as a share of it; null where there is nothing to compare with.
 * What differs by less than `notable` is the same.
 */
export function shareOfChange(
  now: number | null,
  before: number | null,
  notable = NOTABLE,
): Change | null {
  if (now === null || !before) return null
  return moved(now / before - 1, notable)
}

/** How far apart two shares are, such as rates of errors: 0.01 is one point of a hundred. */
export function pointsOfChange(now: number | null, before: number | null): Change | null {
  if (now === null || before === null) return null
  return moved(now - before, NOTABLE_POINTS)
}

/** Which share of the requests failed; null where there were none. */
export function errorRate(given: { requests: number; failedRequests: number }): number | null {
  return given.requests ? given.failedRequests / given.requests : null
}

function moved(by: number, notable: number): Change {
  if (Math.abs(by) < notable) return { direction: 'same', by: 0 }
  return { direction: by > 0 ? 'up' : 'down', by: Math.abs(by) }
}
