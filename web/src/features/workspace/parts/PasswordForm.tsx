import { ChangePasswordDocument } from '../../../gql/workspace'
import { useT } from '../../../i18n/i18n'
import type { Problem } from '../../../lib/errors'
import { useSession } from '../../../lib/session'
import { useAction } from '../../../lib/useAction'
import { Button } from '../../../ui/Button'
import { PasswordField } from '../../../ui/Field'
import { Actions, Form } from '../../../ui/Form'
import { useToast } from '../../../ui/Toast'

/** The password so far, and another one. */
export function PasswordForm() {
  const t = useT('workspace')
  const toast = useToast()
  const { me } = useSession()
  const { run, busy, problems } = useAction(ChangePasswordDocument)

  async function change(values: FormData, form: HTMLFormElement) {
    const changed = await run({ current: exactly(values, 'current'), new: exactly(values, 'new') })
    if (!changed) return
    form.reset()
    toast(t('passwordChanged'))
  }

  function explain({ field }: Problem): string | undefined {
    if (field === 'current') return t('wrongPassword')
    return field === 'new' ? t('badPassword') : undefined
  }

  return (
    <Form
      onSubmit={(values, form) => void change(values, form)}
      problems={problems}
      explain={explain}
    >
      {/* Tells a password store whose password it is. */}
      <input type="text" name="username" value={me.email} readOnly hidden autoComplete="username" />
      <PasswordField
        name="current"
        label={t('currentPassword')}
        required
        autoComplete="current-password"
      />
      <PasswordField
        name="new"
        label={t('newPassword')}
        hint={t('newPasswordHint')}
        required
        minLength={8}
        maxLength={256}
        autoComplete="new-password"
      />
      <Actions>
        <Button type="submit" busy={busy}>
          {t('changePassword')}
        </Button>
      </Actions>
    </Form>
  )
}

/** As it was typed: spaces count in a password. */
function exactly(values: FormData, name: string): string {
  const value = values.get(name)
  return typeof value === 'string' ? value : ''
}
