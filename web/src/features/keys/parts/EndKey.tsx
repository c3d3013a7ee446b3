import { DeleteApiKeyDocument, RevokeApiKeyDocument } from '../../../gql/keys'
import { useT } from '../../../i18n/i18n'
import type { Problem } from '../../../lib/errors'
import { useAction } from '../../../lib/useAction'
import { Confirm } from '../../../ui/Confirm'
import { describe } from '../../../ui/Form'
import { useToast } from '../../../ui/Toast'
import type { ApiKey } from '../apiKey'
import styles from '../Keys.module.css'

type EndKeyProps = { apiKey: ApiKey; onClose: () => void }

/** Asks before a key stops working; its row stays. */
export function RevokeKey({ apiKey: { id, name }, onClose }: EndKeyProps) {
  const t = useT('keys')
  const toast = useToast()
  const { run, busy, problems } = useAction(RevokeApiKeyDocument)

  async function revoke() {
    if (!(await run({ id }))) return
    onClose()
    toast(t('revokedNow', { name }))
  }

  return (
    <Confirm
      title={t('revokeAsk', { name })}
      lead={<Lead text={t('revokeLead')} problems={problems} />}
      action={t('revoke')}
      busy={busy}
      onConfirm={() => void revoke()}
      onClose={onClose}
    />
  )
}

/** Asks, and has the name typed, before a key is gone. */
export function DeleteKey({
  apiKey: { id, name },
  onDeleted,
  onClose,
}: EndKeyProps & { onDeleted: () => void }) {
  const t = useT('keys')
  const toast = useToast()
  const { run, busy, problems } = useAction(DeleteApiKeyDocument)

  async function remove() {
    if (!(await run({ id }))) return
    onDeleted()
    toast(t('deletedNow', { name }))
  }

  return (
    <Confirm
      title={t('deleteAsk', { name })}
      lead={<Lead text={t('deleteLead')} problems={problems} />}
      action={t('delete')}
      busy={busy}
      typed={{ text: name, label: t('typeName', { name }) }}
      onConfirm={() => void remove()}
      onClose={onClose}
    />
  )
}

function Lead({ text, problems }: { text: string; problems: readonly Problem[] }) {
  const t = useT('common')
  return (
    <>
      {text}
      {problems.map((problem) => (
        <span key={problem.code} role="alert" className={styles.problem}>
          {describe(problem, t)}
        </span>
      ))}
    </>
  )
}
