import { useT } from '../../../i18n/i18n'
import { classes } from '../../../ui/classes'
import styles from '../Logs.module.css'

/** The model that answered, and before it the requested one where that is another; a dash where none was named. */
export function ModelNames({ requested, used }: { requested: string; used: string }) {
  const t = useT('logs')
  if (requested === used)
    return (
      <code className={styles.model} title={used || undefined}>
        {used || '–'}
      </code>
    )
  return (
    <>
      <code className={styles.model} title={requested}>
        {requested}
      </code>
      <span className="visually-hidden"> {t('answeredBy')} </span>
      <code className={classes(styles.model, styles.used)} title={used}>
        {used}
      </code>
    </>
  )
}
