import { useState } from 'react'
import { useClient } from 'urql'
import { DeleteKeyDocument } from '../../../gql/providers'
import { useT } from '../../../i18n/i18n'
import { Confirm } from '../../../ui/Confirm'
import { useToast } from '../../../ui/Toast'
import type { ProviderKey } from '../types'
import { CHANGES_WITH_KEYS } from '../useKeys'

type DeleteKeyProps = { providerKey: ProviderKey; onDeleted: () => void; onClose: () => void }

/** Asks whether a key may go, and removes it. */
export function DeleteKey({ providerKey: { id, label }, onDeleted, onClose }: DeleteKeyProps) {
  const t = useT('providers')
  const toast = useToast()
  const client = useClient()
  const [busy, setBusy] = useState(false)

  async function remove() {
    setBusy(true)
    // The answer is an id alone: it does not name the type whose lists have changed.
    const { error } = await client.mutation(DeleteKeyDocument, { id }, CHANGES_WITH_KEYS)
    if (error) {
      toast(t('deleteFailed', { label }), 'bad')
      onClose()
    } else {
      toast(t('deleted', { label }))
      onDeleted()
    }
  }

  return (
    <Confirm
      title={t('deleteTitle', { label })}
      lead={t('deleteLead')}
      action={t('deleteAction')}
      busy={busy}
      onConfirm={() => void remove()}
      onClose={onClose}
    />
  )
}
