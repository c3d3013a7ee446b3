import { useEffect, useState } from 'react'
import { useT } from '../../i18n/i18n'
import { Button } from '../../ui/Button'
import { ErrorState } from '../../ui/EmptyState'
import { Page, Panel } from '../../ui/Page'
import { Skeleton } from '../../ui/Skeleton'
import { DeleteKey } from './parts/DeleteKey'
import { KeyDialog } from './parts/KeyDialog'
import { KeyList } from './parts/KeyList'
import { NoKeys } from './parts/NoKeys'
import { RoutePreview } from './parts/RoutePreview'
import styles from './Providers.module.css'
import type { ProviderKey } from './types'
import { useKeys } from './useKeys'
import { useTests } from './useTests'

type Open = { kind: 'add' } | { kind: 'edit' | 'delete'; key: ProviderKey } | null

export default function ProvidersPage() {
  const t = useT('providers')
  const { workspace, known, error, refetch, retry } = useKeys()
  const { tests, test } = useTests()
  const [open, setOpen] = useState<Open>(null)
  const [deletions, setDeletions] = useState(0)
  const close = () => setOpen(null)

  // The button that had the focus is gone with its row.
  useEffect(() => {
    if (deletions) document.querySelector<HTMLElement>('main h1')?.focus()
  }, [deletions])

  function onDeleted() {
    close()
    setDeletions(deletions + 1)
  }

  const add = (
    <Button variant="primary" icon="plus" onClick={() => setOpen({ kind: 'add' })}>
      {t('add')}
    </Button>
  )
  const isEmpty = workspace?.providerKeys.length === 0
  return (
    <Page title={t('title')} lead={t('lead')} actions={workspace && known && !isEmpty && add}>
      <div className={styles.columns}>
        <Panel title={t('listTitle')} flush>
          {error ? (
            <ErrorState error={error} onRetry={retry} />
          ) : !workspace || !known ? (
            <Skeleton lines={6} />
          ) : isEmpty ? (
            <NoKeys isSimulatedOffered={known.server.simulatedProvider} test={test} add={add} />
          ) : (
            <KeyList
              workspace={workspace}
              providers={known.providers}
              tests={tests}
              test={test}
              refetch={refetch}
              onEdit={(key) => setOpen({ kind: 'edit', key })}
              onDelete={(key) => setOpen({ kind: 'delete', key })}
            />
          )}
        </Panel>
        <RoutePreview keys={workspace?.providerKeys} />
      </div>
      {known && (open?.kind === 'add' || open?.kind === 'edit') && (
        <KeyDialog
          edited={open.kind === 'edit' ? open.key : null}
          providers={known.providers}
          test={test}
          onClose={close}
        />
      )}
      {open?.kind === 'delete' && (
        <DeleteKey providerKey={open.key} onDeleted={onDeleted} onClose={close} />
      )}
    </Page>
  )
}
