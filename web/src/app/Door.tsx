import { Outlet } from '@tanstack/react-router'
import { Logo } from '../ui/icons'
import styles from './Door.module.css'
import { Preferences } from './Preferences'

/** The frame of log-in and sign-up: one column. */
export function Door() {
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
        <Outlet />
      </main>
    </div>
  )
}
