import type { AnyVariables, OperationContext, TypedDocumentNode } from '@urql/core'
import { useCallback, useState } from 'react'
import { useClient } from 'urql'
import { problemsOf, type Problem } from './errors'

export type Action<Data, Variables> = {
  /** Runs the mutation; gives its data, or null where it failed: `problems` says why. */
  run: (variables: Variables) => Promise<Data | null>
  busy: boolean
  problems: readonly Problem[]
  clear: () => void
}

/**
 * A mutation and how its latest run went. One that gives back an id alone names no type, so its `context` says
 * which lists have changed: `{ additionalTypenames: ['ApiKey'] }`, made outside the component.
 */
export function useAction<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  context?: Partial<OperationContext>,
): Action<Data, Variables> {
  const client = useClient()
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<readonly Problem[]>([])
  const clear = useCallback(() => setProblems([]), [])
  const run = useCallback(
    async (variables: Variables) => {
      setBusy(true)
      setProblems([])
      const { data, error } = await client.mutation(document, variables, context)
      setBusy(false)
      if (!error && data) return data
      setProblems(error ? problemsOf(error) : [{ code: 'INTERNAL', field: null, message: '' }])
      return null
    },
    [client, document, context],
  )
  return { run, busy, problems, clear }
}
