import { Link, useRouter, useSearch } from '@tanstack/react-router'
import { LoginDocument } from '../../gql/auth'
import { useT } from '../../i18n/i18n'
import { useAction } from '../../lib/useAction'
import { PasswordField, TextField } from '../../ui/Field'
import { valueOf } from '../../ui/Form'
import { AuthForm, passwordOf } from './AuthForm'

export default function LoginPage() {
  const t = useT('auth')
  const router = useRouter()
  const { next } = useSearch({ from: '/door/login' })
  const { run, busy, problems } = useAction(LoginDocument)

  async function logIn(values: FormData) {
    const input = { email: valueOf(values, 'email'), password: passwordOf(values) }
    if ((await run({ input }))?.login) router.history.push(next ?? '/')
  }

  return (
    <AuthForm
      title={t('loginTitle')}
      lead={t('loginLead')}
      submit={t('logIn')}
      busy={busy}
      problems={problems}
      onSubmit={(values) => void logIn(values)}
      other={
        <>
          {t('noAccount')}{' '}
          <Link to="/signup" search={{ next }}>
            {t('toSignup')}
          </Link>
        </>
      }
    >
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
        required
        autoComplete="current-password"
      />
    </AuthForm>
  )
}
