import { useT } from '../../../i18n/i18n'
import { Badge } from '../../../ui/Badge'
import styles from '../Logs.module.css'
import { countTries } from '../rows'

type FlagsProps = { row: { stream: boolean; attempts: readonly { label: string }[] } }

/** What was special about a request; of several tries in brief the one that tells more. */
export function Flags({ row }: FlagsProps) {
  const t = useT('logs')
  const { fallbacks, retries } = countTries(row.attempts)
  if (!row.stream && !fallbacks && !retries) return null
  return (
    <span className={styles.flags}>
      {row.stream && <Badge>{t('stream')}</Badge>}
      {fallbacks > 0 && <Badge tone="warn">{t('fallback', { times: fallbacks })}</Badge>}
      {!fallbacks && retries > 0 && <Badge tone="warn">{t('retry', { times: retries })}</Badge>}
    </span>
  )
}
