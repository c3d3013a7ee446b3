import { useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from 'urql'
import { UsageDocument, type UsageGroup } from '../../gql/usage'
import { useT } from '../../i18n/i18n'
import { useWorkspace } from '../../lib/session'
import { LinkButton } from '../../ui/Button'
import { Choice } from '../../ui/Choice'
import { EmptyState, ErrorState } from '../../ui/EmptyState'
import { Figures } from '../../ui/Figures'
import { Page, Panel } from '../../ui/Page'
import { Skeleton } from '../../ui/Skeleton'
import { Details } from './parts/Details'
import { LogsLink } from './parts/LogsLink'
import { GROUPS, RANGES, type Group, type UsageSearch } from './search'
import styles from './Usage.module.css'

const SERIES = {
  model: 'MODEL',
  provider: 'PROVIDER',
  key: 'API_KEY',
  day: 'PROVIDER',
} as const satisfies Record<Group, UsageGroup>

// The server's are the most used ones; which six of them are the dearest is found out here.
const TOLD_APART = 20

export default function UsagePage() {
  const t = useT('usage')
  const { id: workspaceId } = useWorkspace()
  const search = useSearch({ from: '/app/w/$workspaceId/usage' })
  const navigate = useNavigate({ from: '/w/$workspaceId/usage' })
  const { days = '30', by = 'model', show = 'requests' } = search
  const [{ data, error, fetching, stale }, refetch] = useQuery({
    query: UsageDocument,
    variables: {
      workspaceId,
      days: Number(days),
      groupBy: SERIES[by],
      top: by === 'day' ? 1 : TOLD_APART,
      byProvider: by === 'provider',
      byModel: by === 'model',
      byKey: by === 'key',
    },
    requestPolicy: 'cache-and-network',
  })
  const change = (changed: UsageSearch) =>
    void navigate({ search: { ...search, ...changed }, resetScroll: false })

  const ranges = { '7': t('days7'), '30': t('days30'), '90': t('days90'), '365': t('days365') }
  const groups = { model: t('model'), provider: t('provider'), key: t('key'), day: t('day') }
  const workspace = data?.workspace
  const since = workspace?.usageSummary.current.since ?? ''
  return (
    <Page title={t('title')} lead={t('lead')}>
      <div className={styles.bar}>
        <Choice
          legend={t('range')}
          choices={RANGES.map((value) => ({ value, label: ranges[value] }))}
          value={days}
          onChange={(value) => change({ days: value })}
        />
        <Choice
          legend={t('groupBy')}
          choices={GROUPS.map((value) => ({ value, label: groups[value] }))}
          value={by}
          onChange={(value) => change({ by: value })}
        />
      </div>
      {workspace && data ? (
        <div className={styles.content} aria-busy={fetching || stale}>
          <Figures
            {...workspace.usageSummary}
            days={Number(days)}
            links={{
              requests: <LogsLink since={since} />,
              errorRate: <LogsLink since={since} status="failed" />,
            }}
          />
          {workspace.usageSummary.current.requests ? (
            <Details data={data} metric={show} onMetric={(value) => change({ show: value })} />
          ) : (
            <Panel>
              <EmptyState
                icon="usage"
                title={t('emptyTitle')}
                action={
                  <LinkButton to="/w/$workspaceId/playground" params={{ workspaceId }}>
                    {t('tryIt')}
                  </LinkButton>
                }
              >
                {t('emptyText')}
              </EmptyState>
            </Panel>
          )}
        </div>
      ) : error ? (
        <Panel>
          <ErrorState error={error} onRetry={() => refetch({ requestPolicy: 'network-only' })} />
        </Panel>
      ) : (
        <Panel>
          <Skeleton height={320} />
        </Panel>
      )}
    </Page>
  )
}
