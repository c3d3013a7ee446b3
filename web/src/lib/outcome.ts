export type Outcome = 'succeeded' | 'failed' | 'left'

const CLIENT_LEFT = 499

/** How a request ended, by the status that its client got. */
export function outcomeOf(code: number): Outcome {
  if (code === CLIENT_LEFT) return 'left'
  return code < 400 ? 'succeeded' : 'failed'
}
