import type { ReactNode } from 'react'
import { classes } from './classes'
import styles from './Page.module.css'

type PageProps = {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  width?: 'full' | 'reading'
  children: ReactNode
}

/** A screen: sets the window's title; its heading gets the focus after a change of page. */
export function Page({ title, lead, actions, width = 'full', children }: PageProps) {
  return (
    <div className={classes(styles.page, styles[width])}>
      <title>{`${title} · Perpetuo`}</title>
      <header className={styles.header}>
        <div className={styles.heading}>
          <h1 tabIndex={-1}>{title}</h1>
          {lead && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

type PanelProps = {
  title?: string
  lead?: ReactNode
  actions?: ReactNode
  flush?: boolean
  children: ReactNode
}

/** A surface within a page; flush: its content reaches the edges, as a table does. */
export function Panel({ title, lead, actions, flush = false, children }: PanelProps) {
  return (
    <section className={styles.panel} aria-label={title}>
      {(title || actions) && (
        <header className={styles.panelHeader}>
          <div>
            {title && <h2>{title}</h2>}
            {lead && <p className={styles.lead}>{lead}</p>}
          </div>
          {actions && <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  )
}
