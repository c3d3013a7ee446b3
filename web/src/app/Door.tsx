import { Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Logo } from '../ui/icons'
import styles from './Door.module.css'
import { Preferences } from './Preferences'

/** The frame of log-in and sign-up, and of whatever else stands outside the shell: one column. */
export function Door({ children }: { children?: ReactNode }) {
  return (
    <div className={styles.door}>
      <header className={styles.header}>
        <Preferences />
      </header>
      <main id="content" className={styles.column}>
        <p className={styles.brand}>
          <Logo size={24} />
          Perpetuo
        </p>
        {children ?? <Outlet />}
      </main>
    </div>
  )
}
