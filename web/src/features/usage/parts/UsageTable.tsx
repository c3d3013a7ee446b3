import { Link } from '@tanstack/react-router'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { useWorkspace } from '../../../lib/session'
import { classes } from '../../../ui/classes'
import { openRow, phoneLine, Table, type Column } from '../../../ui/Table'
import type { Row } from '../rows'
import type { Group } from '../search'
import styles from '../Usage.module.css'

/** The groups with their amounts; a group leads to its logs. */
export function UsageTable({ rows, by }: { rows: readonly Row[]; by: Group }) {
  const t = useT('usage')
  return (
    <Table
      caption={t('caption')}
      columns={useColumns(rows, by)}
      rows={rows}
      rowKey={({ kind, key }) => `${kind} ${key}`}
      isMuted={({ kind }) => kind === 'rest'}
    />
  )
}

function useColumns(rows: readonly Row[], by: Group): Column<Row>[] {
  // Bars compare the rows; how much of the whole each is, its number says.
  const largest =
    Math.max(...rows.filter(({ kind }) => kind !== 'total').map(({ share }) => share)) || 1
  const t = useT('usage')
  const format = useFormat()
  const headers = { model: t('model'), provider: t('provider'), key: t('key'), day: t('dayUtc') }
  const columns: Column<Row>[] = [
    {
      key: 'name',
      header: headers[by],
      cell: (row) => (
        <>
          <Name row={row} isModel={by === 'model'} />
          <span className={phoneLine}>
            {[
              format.money(row.costUsd),
              ...(row.failedRequests ? [t('countErrors', { count: row.failedRequests })] : []),
            ].join(' · ')}
          </span>
        </>
      ),
    },
    {
      key: 'requests',
      header: t('requests'),
      align: 'end',
      cell: (row) => strongIfTotal(row, format.number(row.requests)),
    },
    {
      key: 'share',
      header: t('share'),
      align: 'end',
      cell: (row) => (
        <span className={styles.share}>
          {row.kind !== 'total' && (
            <span className={styles.track}>
              <span className={styles.part} style={{ width: `${(row.share / largest) * 100}%` }} />
            </span>
          )}
          <span className={styles.percent}>{strongIfTotal(row, format.percent(row.share))}</span>
        </span>
      ),
    },
    {
      key: 'input',
      header: t('input'),
      align: 'end',
      from: 'desktop',
      cell: (row) => strongIfTotal(row, format.number(row.inputTokens)),
    },
    {
      key: 'output',
      header: t('output'),
      align: 'end',
      from: 'desktop',
      cell: (row) => strongIfTotal(row, format.number(row.outputTokens)),
    },
    {
      key: 'cost',
      header: t('cost'),
      align: 'end',
      from: 'tablet',
      cell: (row) => strongIfTotal(row, format.money(row.costUsd)),
    },
    {
      key: 'errors',
      header: t('errors'),
      align: 'end',
      from: 'tablet',
      cell: (row) => <Errors row={row} />,
    },
    {
      key: 'p95',
      header: t('p95'),
      align: 'end',
      from: 'desktop',
      cell: (row) => strongIfTotal(row, format.duration(row.p95DurationMs)),
    },
  ]
  // Days have no percentiles.
  return by === 'day' ? columns.filter(({ key }) => key !== 'p95') : columns
}

function Name({ row, isModel }: { row: Row; isModel: boolean }) {
  const t = useT('usage')
  const { id: workspaceId } = useWorkspace()
  if (!row.logs) return strongIfTotal(row, row.name)
  return (
    <Link
      to="/w/$workspaceId/logs"
      params={{ workspaceId }}
      search={row.logs}
      title={t('showLogs')}
      className={classes(openRow, styles.name, isModel && styles.model)}
    >
      {row.name}
    </Link>
  )
}

function Errors({ row }: { row: Row }) {
  const t = useT('usage')
  const format = useFormat()
  const { id: workspaceId } = useWorkspace()
  const shown = format.number(row.failedRequests)
  if (!row.logs || !row.failedRequests) return strongIfTotal(row, shown)
  return (
    <Link
      to="/w/$workspaceId/logs"
      params={{ workspaceId }}
      search={{ ...row.logs, status: 'failed' }}
      title={t('showFailed')}
      className={styles.errors}
    >
      {shown}
    </Link>
  )
}

function strongIfTotal({ kind }: Row, shown: string) {
  return kind === 'total' ? <strong>{shown}</strong> : shown
}
