import type { ReactNode } from 'react'
import { classes } from './classes'
import { Icon, type IconName } from './icons'
import styles from './Notice.module.css'

const ICONS = {
  bad: 'alert',
  warn: 'alert',
  ok: 'check',
  neutral: 'bolt',
} as const satisfies Record<string, IconName>

type NoticeProps = {
  tone: keyof typeof ICONS
  title?: string
  id?: string
  action?: ReactNode
  children?: ReactNode
}

/** A message within the page; bad ones are read out at once. */
export function Notice({ tone, title, id, action, children }: NoticeProps) {
  return (
    <div
      id={id}
      role={tone === 'bad' ? 'alert' : undefined}
      className={classes(styles.notice, styles[tone])}
    >
      <Icon name={ICONS[tone]} />
      <div className={styles.text}>
        {title && <strong className={styles.title}>{title}</strong>}
        {children}
      </div>
      {action}
    </div>
  )
}
