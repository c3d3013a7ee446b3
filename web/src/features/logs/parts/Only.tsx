import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { LogsFilter } from '../search'
import { Icon } from '../../../ui/icons'
import styles from './LogDetails.module.css'

/** Narrows the list to requests that share something with this one, which stays open. */
export function Only({ change, children }: { change: LogsFilter; children: ReactNode }) {
  return (
    <Link
      from="/w/$workspaceId/logs"
      to="."
      search={(before) => ({ ...before, ...change, after: undefined })}
      resetScroll={false}
      preload={false}
      className={styles.only}
    >
      <Icon name="filter" size={14} />
      <span className={styles.onlyText}>{children}</span>
    </Link>
  )
}
