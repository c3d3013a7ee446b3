import { useState } from 'react'
import { useQuery } from 'urql'
import { FirstRunDocument } from '../../gql/onboarding'
import { useT } from '../../i18n/i18n'
import { useFreshKey } from '../../lib/freshKeys'
import { useWorkspace } from '../../lib/session'
import { useOnceListening } from '../../lib/socket'
import { setupSteps } from '../../lib/setup'
import { LinkButton } from '../../ui/Button'
import { ErrorState } from '../../ui/EmptyState'
import { Page, Panel } from '../../ui/Page'
import { Skeleton } from '../../ui/Skeleton'
import { suggestedModel } from './model'
import styles from './Onboarding.module.css'
import { CallStep } from './parts/CallStep'
import { KeyStep } from './parts/KeyStep'
import { ProviderStep } from './parts/ProviderStep'
import { RequestStep } from './parts/RequestStep'
import { useFirstRequest } from './useFirstRequest'

// An empty list names no type, so its first entry would not be noticed.
const CONTEXT = { additionalTypenames: ['ProviderKey', 'ApiKey', 'RequestLog'] }

export default function OnboardingPage() {
  const t = useT('onboarding')
  const { id: workspaceId } = useWorkspace()
  const freshKey = useFreshKey(workspaceId)
  const [chosenModel, setModel] = useState<string | null>(null)
  const [{ data, error }, refetch] = useQuery({
    query: FirstRunDocument,
    variables: { workspaceId },
    context: CONTEXT,
  })
  const workspace = data?.workspace
  const refresh = () => refetch({ requestPolicy: 'network-only' })
  const arrived = useFirstRequest(workspaceId, workspace?.logs.nodes[0], refresh)
  useOnceListening(refresh, workspace !== undefined && !arrived)

  if (!data || !workspace)
    return (
      <Page title={t('title')} width="reading">
        <Panel flush>
          {error ? <ErrorState error={error} onRetry={refresh} /> : <Skeleton lines={8} />}
        </Panel>
      </Page>
    )

  const requests = Math.max(workspace.usage.requests, arrived ? 1 : 0)
  const done = setupSteps({ ...workspace, requests })
  const model = chosenModel ?? suggestedModel(workspace.providerKeys, data.providers)
  return (
    <Page
      title={t('title')}
      lead={t(done.provider && done.key && done.request ? 'leadDone' : 'lead')}
      width="reading"
      actions={
        <LinkButton to="/w/$workspaceId" params={{ workspaceId }}>
          {t('toOverview')}
        </LinkButton>
      }
    >
      <ol className={styles.steps}>
        <ProviderStep
          workspaceId={workspaceId}
          providerKeys={workspace.providerKeys}
          providers={data.providers}
          simulatedOffered={data.server.simulatedProvider}
        />
        <KeyStep workspaceId={workspaceId} apiKeys={workspace.apiKeys} freshKey={freshKey} />
        <CallStep
          done={done.request}
          model={model}
          onModel={setModel}
          baseUrl={data.server.baseUrl}
          freshKey={freshKey}
        />
        <RequestStep
          workspaceId={workspaceId}
          ready={done}
          model={model}
          freshKey={freshKey}
          arrived={arrived}
          providers={data.providers}
        />
      </ol>
    </Page>
  )
}
