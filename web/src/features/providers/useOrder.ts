import { useRef, useState } from 'react'
import { ReorderKeysDocument } from '../../gql/providers'
import { useAction } from '../../lib/useAction'
import { arranged } from './order'
import type { ProviderKey } from './types'

/**
 * The keys in the order that the user wants, at once; the server hears of it, the latest wish last.
 * `save` says whether the server agreed; where it did not, the order is as before.
 */
export function useOrder(
  workspaceId: string,
  keys: readonly ProviderKey[],
  refetch: () => Promise<unknown>,
) {
  const { run } = useAction(ReorderKeysDocument)
  const [wanted, want] = useState<readonly string[] | null>(null)
  const latest = useRef<readonly string[]>([])
  const isSaving = useRef(false)

  async function save(ids: readonly string[]): Promise<boolean> {
    want(ids)
    latest.current = ids
    // Whoever is at it sends this one as well.
    if (isSaving.current) return true
    isSaving.current = true
    let sent: readonly string[]
    let saved: unknown
    let isChanged = false
    do {
      sent = latest.current
      saved = await run({ workspaceId, ids: [...sent] })
      isChanged ||= Boolean(saved)
    } while (saved && latest.current !== sent)
    isSaving.current = false
    // Where nothing has changed, the list stands as it was, whether or not the server can be asked again.
    if (isChanged) await refetch()
    if (latest.current === sent || !saved) want(null)
    return Boolean(saved)
  }

  return { ordered: arranged(keys, wanted), save }
}
