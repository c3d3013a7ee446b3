import { Link } from '@tanstack/react-router'
import type { OverviewQuery } from '../../../gql/overview'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { Badge } from '../../../ui/Badge'
import { OutcomeBadge } from '../../../ui/OutcomeBadge'
import { Panel } from '../../../ui/Page'
import styles from '../Overview.module.css'

type ProviderKey = NonNullable<OverviewQuery['workspace']>['providerKeys'][number]

/** What is wrong now: the provider keys in use whose latest attempt failed. Nothing where nothing is. */
export function Problems({
  workspaceId,
  providerKeys,
}: {
  workspaceId: string
  providerKeys: readonly ProviderKey[]
}) {
  const t = useT('overview')
  const format = useFormat()
  const failing = providerKeys.flatMap(({ id, label, enabled, lastError }) =>
    enabled && lastError ? [{ id, label, ...lastError }] : [],
  )
  const isIdle = providerKeys.length > 0 && !providerKeys.some(({ enabled }) => enabled)
  if (!failing.length && !isIdle) return null
  return (
    <Panel
      title={t('wrong')}
      flush
      actions={
        <Link to="/w/$workspaceId/providers" params={{ workspaceId }} className={styles.more}>
          {t('toProviders')}
        </Link>
      }
    >
      <ul className={styles.problems}>
        {isIdle && <li className={styles.problem}>{t('noneEnabled')}</li>}
        {failing.map(({ id, label, at, statusCode, message }) => (
          <li key={id} className={styles.problem}>
            <p className={styles.problemHead}>
              <strong>{label}</strong>
              {statusCode === null ? (
                <Badge tone="bad" dot>
                  {t('noAnswer')}
                </Badge>
              ) : (
                <OutcomeBadge code={statusCode} />
              )}
              <time dateTime={at} title={format.moment(at)} className={styles.when}>
                {format.ago(at)}
              </time>
            </p>
            <p className={styles.message}>{message}</p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
