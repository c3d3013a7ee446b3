import { useT } from '../i18n/i18n'
import styles from './Skeleton.module.css'

/** Stands where something is being fetched: lines of text, rows of a table, or one block of a height. */
export function Skeleton({ lines = 3, height }: { lines?: number; height?: number }) {
  const t = useT('common')
  return (
    <div className={styles.skeleton} role="status">
      <span className="visually-hidden">{t('loading')}</span>
      {height ? (
        <span className={styles.block} style={{ height }} />
      ) : (
        Array.from({ length: lines }, (_, line) => <span key={line} className={styles.line} />)
      )}
    </div>
  )
}
