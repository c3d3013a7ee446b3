import { useQuery } from 'urql'
import { LogDocument } from '../../../gql/logs'
import { useT } from '../../../i18n/i18n'
import { useWorkspace } from '../../../lib/session'
import { IconButton } from '../../../ui/Button'
import { Drawer } from '../../../ui/Drawer'
import { EmptyState, ErrorState } from '../../../ui/EmptyState'
import { Skeleton } from '../../../ui/Skeleton'
import { LogDetails } from './LogDetails'

type LogDrawerProps = {
  id: string
  /** What is read out when another row is shown. */
  place: string
  /** Goes to the next (1) or previous (-1) row; null where there is none. */
  onStep: Readonly<Record<'next' | 'previous', (() => void) | null>>
  onClose: () => void
}

/** One request in full, beside the list. */
export function LogDrawer({ id, place, onStep, onClose }: LogDrawerProps) {
  const t = useT('logs')
  const workspaceId = useWorkspace().id
  const [{ data, fetching, error }, execute] = useQuery({
    query: LogDocument,
    variables: { workspaceId, id },
  })
  const log = data?.workspace?.log
  const steps = (
    <>
      <IconButton
        icon="up"
        label={t('previous')}
        disabled={!onStep.previous}
        onClick={onStep.previous ?? undefined}
      />
      <IconButton
        icon="down"
        label={t('next')}
        disabled={!onStep.next}
        onClick={onStep.next ?? undefined}
      />
    </>
  )

  return (
    <Drawer title={t('request')} actions={steps} onClose={onClose}>
      <p role="status" className="visually-hidden">
        {place}
      </p>
      {error && !fetching ? (
        <ErrorState error={error} onRetry={() => execute({ requestPolicy: 'network-only' })} />
      ) : log && (log.id === id || fetching) ? (
        <LogDetails log={log} />
      ) : fetching ? (
        <Skeleton lines={8} />
      ) : (
        <EmptyState icon="logs" title={t('goneTitle')}>
          {t('goneText')}
        </EmptyState>
      )}
    </Drawer>
  )
}
