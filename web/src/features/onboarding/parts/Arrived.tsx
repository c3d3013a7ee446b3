import { Link } from '@tanstack/react-router'
import type { ArrivedFragment, FirstRunQuery } from '../../../gql/onboarding'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { OutcomeBadge } from '../../../ui/OutcomeBadge'
import styles from '../Onboarding.module.css'

type ArrivedProps = {
  row: ArrivedFragment
  workspaceId: string
  providers: FirstRunQuery['providers']
}

/** A request that has ended, in a line, with the way to its row of the log. */
export function Arrived({ row, workspaceId, providers }: ArrivedProps) {
  const t = useT('onboarding')
  const format = useFormat()
  const { id, model, providerUsed, statusCode, costUsd, durationMs, errorMessage } = row
  const facts = [
    providers.find(({ name }) => name === providerUsed)?.label,
    format.duration(durationMs),
    t('tokens', { count: row.inputTokens + row.outputTokens }),
    costUsd === null ? undefined : format.money(costUsd),
    format.ago(row.createdAt),
  ]
  return (
    <div className={styles.arrived}>
      <p className={styles.who}>
        <OutcomeBadge code={statusCode} />
        <code className={styles.model}>{model || '–'}</code>
        <Link
          to="/w/$workspaceId/logs"
          params={{ workspaceId }}
          search={{ id }}
          className={styles.more}
        >
          {t('toLog')}
        </Link>
      </p>
      <p className={styles.hint}>{facts.filter(Boolean).join(' · ')}</p>
      {errorMessage && <p className={styles.words}>{errorMessage}</p>}
    </div>
  )
}
