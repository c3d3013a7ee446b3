import type { CombinedError } from '@urql/core'
import type { ReactNode } from 'react'
import { useT } from '../i18n/i18n'
import { problemsOf } from '../lib/errors'
import { Button } from './Button'
import styles from './EmptyState.module.css'
import { describe } from './Form'
import { Icon, type IconName } from './icons'

type EmptyStateProps = { icon: IconName; title: string; children?: ReactNode; action?: ReactNode }

/** What a list says while it has nothing to show, and what to do about it. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <span className={styles.icon}>
        <Icon name={icon} size={22} />
      </span>
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.text}>{children}</div>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  )
}

/** What a list says when it could not be fetched. */
export function ErrorState({ error, onRetry }: { error: CombinedError; onRetry: () => void }) {
  const t = useT('common')
  const [problem] = problemsOf(error)
  return (
    <div role="alert">
      <EmptyState
        icon="alert"
        title={t('errorTitle')}
        action={<Button onClick={onRetry}>{t('retry')}</Button>}
      >
        {problem && describe(problem, t)}
      </EmptyState>
    </div>
  )
}
