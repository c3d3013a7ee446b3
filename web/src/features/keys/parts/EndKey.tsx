import { DeleteApiKeyDocument, RevokeApiKeyDocument } from '../../../gql/keys'
import { useT } from '../../../i18n/i18n'
import { forgetFreshKey } from '../../../lib/freshKeys'
import { useWorkspace } from '../../../lib/session'
import { useAction } from '../../../lib/useAction'
import { Confirm } from '../../../ui/Confirm'
import { useToast } from '../../../ui/Toast'
import { CHANGES_WITH_KEYS, type ApiKey } from '../apiKey'

type EndKeyProps = { apiKey: ApiKey; onClose: () => void }

/** Asks before a key stops working; its row stays. */
export function RevokeKey({ apiKey: { id, name, prefix }, onClose }: EndKeyProps) {
  const t = useT('keys')
  const toast = useToast()
  const { id: workspaceId } = useWorkspace()
  const { run, busy, problems } = useAction(RevokeApiKeyDocument)

  async function revoke() {
    if (!(await run({ id }))) return
    forgetFreshKey(workspaceId, prefix)
    onClose()
    toast(t('revokedNow', { name }))
  }

  return (
    <Confirm
      title={t('revokeAsk', { name })}
      lead={t('revokeLead')}
      problems={problems}
      action={t('revoke')}
      busy={busy}
      onConfirm={() => void revoke()}
      onClose={onClose}
    />
  )
}

/** Asks, and has the name typed, before a key is gone. */
export function DeleteKey({
  apiKey: { id, name, prefix },
  onDeleted,
  onClose,
}: EndKeyProps & { onDeleted: () => void }) {
  const t = useT('keys')
  const toast = useToast()
  const { id: workspaceId } = useWorkspace()
  const { run, busy, problems } = useAction(DeleteApiKeyDocument, CHANGES_WITH_KEYS)

  async function remove() {
    if (!(await run({ id }))) return
    forgetFreshKey(workspaceId, prefix)
    onDeleted()
    toast(t('deletedNow', { name }))
  }

  return (
    <Confirm
      title={t('deleteAsk', { name })}
      lead={t('deleteLead')}
      problems={problems}
      action={t('delete')}
      busy={busy}
      typed={{ text: name, label: t('typeName', { name }) }}
      onConfirm={() => void remove()}
      onClose={onClose}
    />
  )
}
