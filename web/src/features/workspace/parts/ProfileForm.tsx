import { UpdateAccountDocument } from '../../../gql/workspace'
import { useT } from '../../../i18n/i18n'
import type { Problem } from '../../../lib/errors'
import { useSession } from '../../../lib/session'
import { useAction } from '../../../lib/useAction'
import { Button } from '../../../ui/Button'
import { TextField } from '../../../ui/Field'
import { Actions, Form, valueOf } from '../../../ui/Form'
import { useToast } from '../../../ui/Toast'

/** Name and e-mail. */
export function ProfileForm() {
  const t = useT('workspace')
  const common = useT('common')
  const toast = useToast()
  const { me } = useSession()
  const { run, busy, problems } = useAction(UpdateAccountDocument)

  async function save(values: FormData) {
    const saved = await run({ name: valueOf(values, 'name'), email: valueOf(values, 'email') })
    if (saved) toast(t('profileSaved'))
  }

  function explain({ code, field }: Problem): string | undefined {
    if (field === 'email') return code === 'CONFLICT' ? t('taken') : t('badEmail')
    return field === 'name' ? t('badName') : undefined
  }

  return (
    <Form onSubmit={(values) => void save(values)} problems={problems} explain={explain}>
      <TextField
        name="name"
        label={t('name')}
        defaultValue={me.name}
        required
        maxLength={100}
        autoComplete="name"
      />
      <TextField
        name="email"
        type="email"
        label={t('email')}
        defaultValue={me.email}
        required
        autoComplete="email"
        autoCapitalize="none"
      />
      <Actions>
        <Button type="submit" variant="primary" busy={busy}>
          {common('save')}
        </Button>
      </Actions>
    </Form>
  )
}
