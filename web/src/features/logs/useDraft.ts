import { useState } from 'react'

export type Draft = {
  text: string
  setText: (text: string) => void
  /** Makes the text, or the one given, the value. */
  commit: (text?: string) => void
}

/** What is being typed for a value of the address. A value that changes by other means replaces it. */
export function useDraft(
  value: string | undefined,
  onCommit: (value: string | undefined) => void,
): Draft {
  const [text, setText] = useState(value ?? '')
  const [known, setKnown] = useState({ value, committed: value })
  if (known.value !== value) {
    setKnown({ value, committed: value })
    // The address follows what was committed some moments later: more may have been typed.
    if (known.committed !== value) setText(value ?? '')
  }

  function commit(given = text) {
    const wanted = given.trim() || undefined
    if (wanted === known.committed) return
    setKnown({ value, committed: wanted })
    onCommit(wanted)
  }

  return { text, setText, commit }
}
