import { Link } from '@tanstack/react-router'
import type { OverviewQuery, RowFragment } from '../../../gql/overview'
import { useT, type Translate } from '../../../i18n/i18n'
import { useFormat, type Format } from '../../../lib/format'
import { EmptyState } from '../../../ui/EmptyState'
import { OutcomeBadge, useOutcome } from '../../../ui/OutcomeBadge'
import { Panel } from '../../../ui/Page'
import { openRow, phoneLine, Table, type Column } from '../../../ui/Table'
import styles from '../Overview.module.css'

type RecentProps = {
  workspaceId: string
  rows: readonly RowFragment[]
  providers: OverviewQuery['providers']
}

/** The last requests, as they end. */
export function Recent({ workspaceId, rows, providers }: RecentProps) {
  const t = useT('overview')
  const format = useFormat()
  const outcome = useOutcome()
  return (
    <Panel
      title={t('recent')}
      flush
      actions={
        <Link to="/w/$workspaceId/logs" params={{ workspaceId }} className={styles.more}>
          {t('allLogs')}
        </Link>
      }
    >
      {rows.length ? (
        <Table
          caption={t('recentCaption')}
          columns={columnsOf(workspaceId, providers, { t, format, outcome })}
          rows={rows}
          rowKey={({ id }) => id}
        />
      ) : (
        <EmptyState icon="logs" title={t('recentEmpty')}>
          {t('recentEmptyText')}
        </EmptyState>
      )}
    </Panel>
  )
}

type Words = {
  t: Translate<'overview'>
  format: Format
  outcome: (code: number) => string
}

function columnsOf(
  workspaceId: string,
  providers: RecentProps['providers'],
  { t, format, outcome }: Words,
): Column<RowFragment>[] {
  return [
    {
      key: 'model',
      header: t('model'),
      cell: ({ id, model, statusCode, createdAt, durationMs, costUsd }) => (
        <>
          <Link
            to="/w/$workspaceId/logs"
            params={{ workspaceId }}
            search={{ id }}
            className={openRow}
            aria-label={t('openRow', { status: outcome(statusCode), model: model || '–' })}
          >
            <span className={styles.model}>{model || '–'}</span>
          </Link>
          <span className={phoneLine}>
            {format.ago(createdAt)} · {format.duration(durationMs)} · {format.money(costUsd)}
          </span>
        </>
      ),
    },
    {
      key: 'status',
      header: t('status'),
      cell: ({ statusCode, errorMessage }) => (
        <span title={errorMessage ?? undefined}>
          <OutcomeBadge code={statusCode} />
        </span>
      ),
    },
    {
      key: 'provider',
      header: t('provider'),
      from: 'tablet',
      cell: ({ providerUsed }) =>
        providers.find(({ name }) => name === providerUsed)?.label ?? t('nobody'),
    },
    {
      key: 'key',
      header: t('key'),
      from: 'desktop',
      cell: ({ apiKey }) =>
        apiKey ? (
          <span className={styles.clip} title={apiKey.name}>
            {apiKey.name}
          </span>
        ) : (
          '–'
        ),
    },
    {
      key: 'tokens',
      header: t('tokens'),
      align: 'end',
      from: 'desktop',
      cell: ({ inputTokens, outputTokens }) => format.number(inputTokens + outputTokens),
    },
    {
      key: 'cost',
      header: t('cost'),
      align: 'end',
      from: 'tablet',
      cell: ({ costUsd }) => format.money(costUsd),
    },
    {
      key: 'duration',
      header: t('duration'),
      align: 'end',
      from: 'tablet',
      cell: ({ durationMs }) => (
        <span className={styles.nowrap}>{format.duration(durationMs)}</span>
      ),
    },
    {
      key: 'time',
      header: t('time'),
      align: 'end',
      from: 'tablet',
      cell: ({ createdAt }) => (
        <time dateTime={createdAt} title={format.moment(createdAt)} className={styles.when}>
          {format.ago(createdAt)}
        </time>
      ),
    },
  ]
}
