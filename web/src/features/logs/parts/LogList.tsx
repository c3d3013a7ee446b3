import { useT } from '../../../i18n/i18n'
import { useWorkspace } from '../../../lib/session'
import { Button, LinkButton } from '../../../ui/Button'
import { EmptyState, ErrorState } from '../../../ui/EmptyState'
import { Skeleton } from '../../../ui/Skeleton'
import { Table } from '../../../ui/Table'
import { useColumns } from '../columns'
import { isFiltered, NO_FILTER } from '../filter'
import type { LogRow } from '../rows'
import type { LogsFilter, LogsSearch } from '../search'
import type { LogPage } from '../useLogPage'
import { useNow } from '../useNow'

type LogListProps = {
  page: LogPage
  rows: readonly LogRow[] | undefined
  search: LogsSearch
  onFilter: (change: LogsFilter) => void
  onOpen: (id: string) => void
}

/** The rows, or why there are none. */
export function LogList({ page, rows, search, onFilter, onOpen }: LogListProps) {
  const t = useT('logs')
  const columns = useColumns({ search, onOpen })
  useNow()
  if (page.error && !page.busy) return <ErrorState error={page.error} onRetry={page.refresh} />
  if (rows?.length)
    return (
      <Table
        caption={t('tableCaption')}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        busy={page.busy}
        selected={search.id ?? null}
      />
    )
  if (!rows || page.busy) return <Skeleton lines={10} />
  return isFiltered(search) ? (
    <EmptyState
      icon="search"
      title={t('noResultsTitle')}
      action={<Button onClick={() => onFilter(NO_FILTER)}>{t('clear')}</Button>}
    >
      <p>{t('noResultsText')}</p>
      {search.q && <p>{t('noResultsSearch')}</p>}
    </EmptyState>
  ) : (
    <Nothing />
  )
}

function Nothing() {
  const t = useT('logs')
  const workspaceId = useWorkspace().id
  return (
    <EmptyState
      icon="logs"
      title={t('emptyTitle')}
      action={
        <LinkButton variant="primary" to="/w/$workspaceId/start" params={{ workspaceId }}>
          {t('emptyAction')}
        </LinkButton>
      }
    >
      {t('emptyText')}
    </EmptyState>
  )
}
