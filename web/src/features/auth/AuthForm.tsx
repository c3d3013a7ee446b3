import type { ReactNode } from 'react'
import { useT } from '../../i18n/i18n'
import type { Problem } from '../../lib/errors'
import { Button } from '../../ui/Button'
import { Form } from '../../ui/Form'
import styles from './Auth.module.css'

type AuthFormProps = {
  title: string
  lead: string
  submit: string
  busy: boolean
  problems: readonly Problem[]
  onSubmit: (values: FormData) => void
  other: ReactNode
  children: ReactNode
}

/** What log-in and sign-up have in common. */
export function AuthForm({
  title,
  lead,
  submit,
  busy,
  problems,
  onSubmit,
  other,
  children,
}: AuthFormProps) {
  const t = useT('auth')

  function explain({ code, field }: Problem): string | undefined {
    if (code === 'UNAUTHENTICATED') return t('wrong')
    if (code === 'FORBIDDEN') return t('closed')
    if (code === 'RATE_LIMITED') return t('tooMany')
    if (code === 'CONFLICT' && field === 'email') return t('taken')
    if (code === 'VALIDATION' && field === 'email') return t('badEmail')
    if (code === 'VALIDATION' && field === 'password') return t('badPassword')
    return undefined
  }

  return (
    <>
      <title>{`${title} · Perpetuo`}</title>
      <h1 tabIndex={-1} className={styles.title}>
        {title}
      </h1>
      <p className={styles.lead}>{lead}</p>
      <Form onSubmit={onSubmit} problems={problems} explain={explain}>
        {children}
        <Button type="submit" variant="primary" size="large" busy={busy} className={styles.submit}>
          {submit}
        </Button>
      </Form>
      <p className={styles.other}>{other}</p>
    </>
  )
}

/** The text that was typed as a password, spaces included. */
export function passwordOf(values: FormData): string {
  const value = values.get('password')
  return typeof value === 'string' ? value : ''
}
