import { useCallback, useState } from 'react'
import { TestKeyDocument } from '../../gql/providers'
import { useAction } from '../../lib/useAction'
import type { Outcome, Test } from './types'

export type RunTest = (id: string) => Promise<Outcome | null>

/** The tests that were asked for since the page was opened, by key. */
export function useTests() {
  const { run } = useAction(TestKeyDocument)
  const [tests, setTests] = useState<Readonly<Record<string, Test>>>({})
  const test = useCallback<RunTest>(
    async (id) => {
      setTests((before) => ({ ...before, [id]: 'running' }))
      const outcome = (await run({ id }))?.testProviderKey ?? null
      setTests((before) => ({ ...before, [id]: outcome ?? undefined }))
      return outcome
    },
    [run],
  )
  return { tests, test }
}
