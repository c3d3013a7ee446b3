import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useQuery } from 'urql'
import { ApiKeysDocument } from '../../gql/keys'
import { useT } from '../../i18n/i18n'
import { useWorkspace } from '../../lib/session'
import { Button } from '../../ui/Button'
import { EmptyState, ErrorState } from '../../ui/EmptyState'
import { Page, Panel } from '../../ui/Page'
import { Skeleton } from '../../ui/Skeleton'
import { CHANGES_WITH_KEYS, type ApiKey } from './apiKey'
import { DeleteKey, RevokeKey } from './parts/EndKey'
import { KeysTable } from './parts/KeysTable'

// Most visits make no key.
const CreateKey = lazy(() => import('./parts/CreateKey'))

type Asking = { for: 'create' } | { for: 'revoke' | 'delete'; key: ApiKey }

export default function KeysPage() {
  const t = useT('keys')
  const workspace = useWorkspace()
  const newKey = useRef<HTMLButtonElement>(null)
  const opener = useRef<HTMLElement>(null)
  const [asking, setAsking] = useState<Asking | null>(null)
  const [{ data, error }, refetch] = useQuery({
    query: ApiKeysDocument,
    variables: { workspaceId: workspace.id },
    context: CHANGES_WITH_KEYS,
    requestPolicy: 'cache-and-network',
  })
  const keys = data?.workspace?.apiKeys
  const reload = () => refetch({ requestPolicy: 'network-only' })
  const close = () => setAsking(null)

  function ask(next: Asking) {
    const focused = document.activeElement
    opener.current = focused instanceof HTMLElement ? focused : null
    setAsking(next)
  }

  function onDeleted() {
    // The row that had the focus goes away.
    opener.current = newKey.current
    close()
  }

  useEffect(() => {
    if (asking) return
    // The button of the empty list makes room for the one above the table.
    const target = opener.current?.isConnected ? opener.current : newKey.current
    if (opener.current) target?.focus()
    opener.current = null
  }, [asking])

  const button = (
    <Button ref={newKey} variant="primary" icon="plus" onClick={() => ask({ for: 'create' })}>
      {t('newKey')}
    </Button>
  )
  return (
    <Page title={t('title')} lead={t('lead')} actions={keys?.length ? button : undefined}>
      <Panel flush>
        {keys?.length ? (
          <KeysTable
            keys={keys}
            onRevoke={(key) => ask({ for: 'revoke', key })}
            onDelete={(key) => ask({ for: 'delete', key })}
          />
        ) : keys ? (
          <EmptyState icon="keys" title={t('emptyTitle')} action={button}>
            {t('emptyText')}
          </EmptyState>
        ) : error ? (
          <ErrorState error={error} onRetry={reload} />
        ) : (
          <Skeleton lines={6} />
        )}
      </Panel>
      <Suspense>{asking?.for === 'create' && <CreateKey onClose={close} />}</Suspense>
      {asking?.for === 'revoke' && <RevokeKey apiKey={asking.key} onClose={close} />}
      {asking?.for === 'delete' && (
        <DeleteKey apiKey={asking.key} onDeleted={onDeleted} onClose={close} />
      )}
    </Page>
  )
}
