import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { SignupDocument } from '../../gql/auth'
import { useT } from '../../i18n/i18n'
import { keepFreshKey } from '../../lib/freshKeys'
import { useAction } from '../../lib/useAction'
import { PasswordField, TextField } from '../../ui/Field'
import { valueOf } from '../../ui/Form'
import { AuthForm, passwordOf } from './AuthForm'

export default function SignupPage() {
  const t = useT('auth')
  const router = useRouter()
  const navigate = useNavigate()
  const { next } = useSearch({ from: '/door/signup' })
  const { run, busy, problems } = useAction(SignupDocument)

  async function signUp(values: FormData) {
    const input = {
      name: valueOf(values, 'name'),
      email: valueOf(values, 'email'),
      password: passwordOf(values),
    }
    const made = (await run({ input }))?.signup
    if (!made) return
    keepFreshKey(made.workspace.id, made.apiKey)
    if (next) router.history.push(next)
    else await navigate({ to: '/w/$workspaceId/start', params: { workspaceId: made.workspace.id } })
  }

  return (
    <AuthForm
      title={t('signupTitle')}
      lead={t('signupLead')}
      submit={t('signUp')}
      busy={busy}
      problems={problems}
      onSubmit={(values) => void signUp(values)}
      other={
        <>
          {t('haveAccount')}{' '}
          <Link to="/login" search={{ next }}>
            {t('toLogin')}
          </Link>
        </>
      }
    >
      <TextField name="name" label={t('name')} required maxLength={100} autoComplete="name" />
      <TextField
        name="email"
        type="email"
        label={t('email')}
        required
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
      />
      <PasswordField
        name="password"
        label={t('password')}
        hint={t('passwordHint')}
        required
        minLength={8}
        maxLength={256}
        autoComplete="new-password"
      />
    </AuthForm>
  )
}
