import { DeleteKeyDocument } from '../../../gql/providers'
import { useT } from '../../../i18n/i18n'
import { useAction } from '../../../lib/useAction'
import { Confirm } from '../../../ui/Confirm'
import { useToast } from '../../../ui/Toast'
import type { ProviderKey } from '../types'
import { CHANGES_WITH_KEYS } from '../useKeys'

type DeleteKeyProps = { providerKey: ProviderKey; onDeleted: () => void; onClose: () => void }

/** Asks whether a key may go, and removes it. */
export function DeleteKey({ providerKey: { id, label }, onDeleted, onClose }: DeleteKeyProps) {
  const t = useT('providers')
  const toast = useToast()
  const { run, busy, problems } = useAction(DeleteKeyDocument, CHANGES_WITH_KEYS)

  async function remove() {
    if (!(await run({ id }))) return
    toast(t('deleted', { label }))
    onDeleted()
  }

  return (
    <Confirm
      title={t('deleteTitle', { label })}
      lead={t('deleteLead')}
      action={t('deleteAction')}
      busy={busy}
      problems={problems}
      onConfirm={() => void remove()}
      onClose={onClose}
    />
  )
}
