let isExpected = false

/**
 * Says that the session is about to end by the user's own will: whoever logs out is not led back to the page
 * that he left, whatever hears of the end first.
 */
export function expectEndOfSession(expected = true): void {
  isExpected = expected
}

export function isEndOfSessionExpected(): boolean {
  return isExpected
}
