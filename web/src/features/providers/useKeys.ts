import { useCallback } from 'react'
import { useClient, useQuery } from 'urql'
import { ProviderKeysDocument, ProvidersDocument } from '../../gql/providers'
import { useWorkspace } from '../../lib/session'

// A list without a key names no type, so it would not be asked again once there is one.
export const CHANGES_WITH_KEYS = { additionalTypenames: ['ProviderKey'] }

/** The workspace's keys with what its last requests tell of them, and what is known of the providers. */
export function useKeys() {
  const client = useClient()
  const { id: workspaceId } = useWorkspace()
  const [keys] = useQuery({
    query: ProviderKeysDocument,
    variables: { workspaceId },
    // Their state changes with every request.
    requestPolicy: 'cache-and-network',
    context: CHANGES_WITH_KEYS,
  })
  const [known, fetchKnown] = useQuery({ query: ProvidersDocument })
  const refetch = useCallback(
    () =>
      client
        .query(
          ProviderKeysDocument,
          { workspaceId },
          { ...CHANGES_WITH_KEYS, requestPolicy: 'network-only' },
        )
        .toPromise(),
    [client, workspaceId],
  )

  function retry() {
    void refetch()
    if (known.error) fetchKnown({ requestPolicy: 'network-only' })
  }

  return {
    workspace: keys.data?.workspace,
    known: known.data,
    error: keys.data?.workspace && known.data ? undefined : (keys.error ?? known.error),
    refetch,
    retry,
  }
}
