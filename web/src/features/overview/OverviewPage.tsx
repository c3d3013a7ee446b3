import { useSearch } from '@tanstack/react-router'
import { useQuery } from 'urql'
import { OverviewDocument } from '../../gql/overview'
import { useT } from '../../i18n/i18n'
import { useWorkspace } from '../../lib/session'
import { useOnceListening } from '../../lib/socket'
import { LinkButton } from '../../ui/Button'
import { EmptyState, ErrorState } from '../../ui/EmptyState'
import { Page, Panel } from '../../ui/Page'
import { Skeleton } from '../../ui/Skeleton'
import { Cards } from './parts/Cards'
import { Chart } from './parts/Chart'
import { Choice } from './parts/Choice'
import { Problems } from './parts/Problems'
import { Recent } from './parts/Recent'
import { Setup } from './parts/Setup'
import { PERIODS } from './search'
import { useLive } from './useLive'

// An empty list names no type, so its first entry would not be noticed.
const CONTEXT = { additionalTypenames: ['ProviderKey', 'ApiKey', 'RequestLog'] }

export default function OverviewPage() {
  const t = useT('overview')
  const { id: workspaceId } = useWorkspace()
  const search = useSearch({ from: '/app/w/$workspaceId/' })
  const { days = 7, by = 'provider' } = search
  const [{ data, error, fetching }, refetch] = useQuery({
    query: OverviewDocument,
    variables: { workspaceId, days, groupBy: by === 'model' ? 'MODEL' : 'PROVIDER' },
    context: CONTEXT,
  })
  const workspace = data?.workspace
  const refresh = () => refetch({ requestPolicy: 'network-only' })
  const rows = useLive(workspaceId, workspace?.logs.nodes ?? [], refresh)
  useOnceListening(refresh, workspace !== undefined)
  const isUnused = workspace?.usage.requests === 0 && !rows.length

  return (
    <Page
      title={t('title')}
      lead={isUnused ? undefined : t('lead')}
      actions={
        <>
          <LinkButton to="/w/$workspaceId/start" params={{ workspaceId }} icon="bolt">
            {t('connect')}
          </LinkButton>
          {!isUnused && (
            <Choice
              label={t('period')}
              choices={PERIODS.map((period) => ({
                key: period,
                label: t('days', { count: period }),
                search: { ...search, days: period === 7 ? undefined : period },
                chosen: period === days,
              }))}
            />
          )}
        </>
      }
    >
      {workspace && (
        <>
          <Setup
            workspaceId={workspaceId}
            facts={{ ...workspace, requests: Math.max(workspace.usage.requests, rows.length) }}
          />
          <Problems workspaceId={workspaceId} providerKeys={workspace.providerKeys} />
        </>
      )}
      {!workspace && error && (
        <Panel>
          <ErrorState error={error} onRetry={refresh} />
        </Panel>
      )}
      {!workspace && !error && (
        <Panel flush>
          <Skeleton lines={6} />
        </Panel>
      )}
      {workspace && isUnused && (
        <Panel flush>
          <EmptyState icon="usage" title={t('unusedTitle')}>
            {t('unusedText')}
          </EmptyState>
        </Panel>
      )}
      {workspace && !isUnused && (
        <>
          <Cards {...workspace.usageSummary} days={days} busy={fetching} />
          <Chart workspace={workspace} days={days} search={search} providers={data.providers} />
          <Recent workspaceId={workspaceId} rows={rows} providers={data.providers} />
        </>
      )}
    </Page>
  )
}
