import { useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from 'urql'
import { OverviewDocument } from '../../gql/overview'
import { useT } from '../../i18n/i18n'
import { useWorkspace } from '../../lib/session'
import { useOnceListening } from '../../lib/socket'
import { LinkButton } from '../../ui/Button'
import { Choice } from '../../ui/Choice'
import { EmptyState, ErrorState } from '../../ui/EmptyState'
import { Figures } from '../../ui/Figures'
import { Page, Panel } from '../../ui/Page'
import { Skeleton } from '../../ui/Skeleton'
import { Chart } from './parts/Chart'
import { Problems } from './parts/Problems'
import { Recent } from './parts/Recent'
import { Setup } from './parts/Setup'
import { PERIODS, type OverviewSearch } from './search'
import { useLive } from './useLive'

// An empty list names no type, so its first entry would not be noticed.
const CONTEXT = { additionalTypenames: ['ProviderKey', 'ApiKey', 'RequestLog'] }

export default function OverviewPage() {
  const t = useT('overview')
  const { id: workspaceId } = useWorkspace()
  const search = useSearch({ from: '/app/w/$workspaceId/' })
  const { days = 7, by = 'provider' } = search
  const navigate = useNavigate({ from: '/w/$workspaceId' })
  const change = (changed: OverviewSearch) =>
    void navigate({ search: { ...search, ...changed }, replace: true, resetScroll: false })
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
              legend={t('period')}
              choices={PERIODS.map((value) => ({ value, label: t('days', { count: value }) }))}
              value={days}
              onChange={(chosen) => change({ days: chosen === 7 ? undefined : chosen })}
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
          <Figures {...workspace.usageSummary} days={days} busy={fetching} />
          <Chart
            workspace={workspace}
            days={days}
            by={by}
            onBy={(chosen) => change({ by: chosen === 'provider' ? undefined : chosen })}
            providers={data.providers}
          />
          <Recent workspaceId={workspaceId} rows={rows} providers={data.providers} />
        </>
      )}
    </Page>
  )
}
