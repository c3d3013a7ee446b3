import { useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { useClient, useQuery } from 'urql'
import { PlaygroundDocument } from '../../gql/playground'
import { useT } from '../../i18n/i18n'
import { useWorkspace } from '../../lib/session'
import { Button, LinkButton } from '../../ui/Button'
import { EmptyState, ErrorState } from '../../ui/EmptyState'
import { Notice } from '../../ui/Notice'
import { Page, Panel } from '../../ui/Page'
import { Skeleton } from '../../ui/Skeleton'
import { conversationOf } from './conversation'
import { Composer } from './parts/Composer'
import { Messages } from './parts/Messages'
import { SettingsForm } from './parts/SettingsForm'
import { ViewCode } from './parts/ViewCode'
import styles from './Playground.module.css'
import { misfitsOf } from './request'
import { suggestions } from './suggestions'
import { useModel } from './useModel'

// An empty list of provider keys names no type; adding the first one must still bring this up to date.
const CONTEXT = { additionalTypenames: ['ProviderKey'] }

export default function PlaygroundPage() {
  const t = useT('playground')
  const { id: workspaceId } = useWorkspace()
  const [{ data, error }, refetch] = useQuery({
    query: PlaygroundDocument,
    variables: { workspaceId },
    context: CONTEXT,
  })
  const workspace = data?.workspace
  if (!workspace)
    return (
      <Page title={t('title')} lead={t('lead')}>
        <Panel>
          {error ? <ErrorState error={error} onRetry={refetch} /> : <Skeleton height={320} />}
        </Panel>
      </Page>
    )
  if (!workspace.providerKeys.length)
    return (
      <Page title={t('title')} lead={t('lead')}>
        <Panel>
          <EmptyState
            icon="providers"
            title={t('noProviderTitle')}
            action={
              <LinkButton to="/w/$workspaceId/start" params={{ workspaceId }} variant="primary">
                {t('addProvider')}
              </LinkButton>
            }
          >
            {t('noProviderText')}
          </EmptyState>
        </Panel>
      </Page>
    )
  return (
    <Playground
      models={suggestions(workspace, data.providers)}
      baseUrl={data.server.baseUrl}
      isOff={!workspace.providerKeys.some(({ enabled }) => enabled)}
    />
  )
}

type PlaygroundProps = { models: readonly string[]; baseUrl: string; isOff: boolean }

function Playground({ models, baseUrl, isOff }: PlaygroundProps) {
  const t = useT('playground')
  const client = useClient()
  const { id: workspaceId } = useWorkspace()
  const conversation = useMemo(() => conversationOf(client, workspaceId), [client, workspaceId])
  const { settings, draft, turns, busy } = useSyncExternalStore(
    conversation.subscribe,
    conversation.read,
  )
  const settled = useModel(conversation, settings.model, models[0] ?? '')
  const lacks = !settings.model.trim() ? 'model' : misfitsOf(settings).length ? 'parameters' : null
  const [showsCode, showCode] = useState(false)
  const composer = useRef<HTMLTextAreaElement>(null)

  const actions = (
    <>
      <Button icon="code" onClick={() => showCode(true)}>
        {t('viewCode')}
      </Button>
      <Button
        icon="trash"
        disabled={!turns.length}
        onClick={() => {
          conversation.clear()
          composer.current?.focus()
        }}
      >
        {t('clear')}
      </Button>
    </>
  )
  return (
    <Page title={t('title')} lead={t('lead')} actions={actions}>
      {isOff && <Notice tone="warn">{t('allDisabled')}</Notice>}
      <div className={styles.page}>
        <aside className={styles.settings} aria-label={t('settings')}>
          <SettingsForm
            settings={settings}
            models={models}
            settled={settled}
            onChange={(changes) => conversation.set(changes)}
          />
        </aside>
        <div className={styles.chat}>
          <Messages
            turns={turns}
            assured={settings.stream && settings.assured}
            streamed={settings.stream}
            onAgain={busy || lacks ? undefined : () => void conversation.sendAgain()}
            onStart={(text) => {
              conversation.write(text)
              composer.current?.focus()
            }}
          />
          <Composer
            ref={composer}
            draft={draft}
            busy={busy}
            lacks={lacks}
            onWrite={(text) => conversation.write(text)}
            onSend={() => void conversation.send()}
            onStop={() => conversation.stop()}
          />
        </div>
      </div>
      {showsCode && (
        <ViewCode
          request={conversation.request()}
          settings={settings}
          baseUrl={baseUrl}
          onClose={() => showCode(false)}
        />
      )}
    </Page>
  )
}
