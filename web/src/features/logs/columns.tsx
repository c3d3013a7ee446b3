import { useMemo } from 'react'
import { useT, type Translate } from '../../i18n/i18n'
import { useFormat, type Format } from '../../lib/format'
import { OutcomeBadge } from '../../ui/OutcomeBadge'
import { phoneLine, type Column } from '../../ui/Table'
import { useLabels, type Labels } from './labels'
import styles from './Logs.module.css'
import { Flags } from './parts/Flags'
import { ModelNames } from './parts/ModelNames'
import { RowLink } from './parts/RowLink'
import type { LogRow } from './rows'
import type { LogsSearch } from './search'

/** The columns of the log. */
export function useColumns({ search, onOpen }: Opening): readonly Column<LogRow>[] {
  const t = useT('logs')
  const format = useFormat()
  const labels = useLabels()
  return useMemo(
    () => columnsOf({ t, format, labels, search, onOpen }),
    [t, format, labels, search, onOpen],
  )
}

type Opening = { search: LogsSearch; onOpen: (id: string) => void }
type Words = { t: Translate<'logs'>; format: Format; labels: Labels }

function columnsOf({ t, format, labels, search, onOpen }: Words & Opening): Column<LogRow>[] {
  return [
    {
      key: 'status',
      header: t('columnStatus'),
      cell: (row) => (
        <RowLink
          id={row.id}
          search={search}
          label={t('openRow', { status: labels.outcome(row.statusCode), model: row.model || '–' })}
          onOpen={onOpen}
        >
          <OutcomeBadge code={row.statusCode} />
        </RowLink>
      ),
    },
    {
      key: 'time',
      header: t('columnTime'),
      from: 'tablet',
      cell: ({ createdAt }) => (
        <time dateTime={createdAt} title={format.moment(createdAt)} className={styles.nowrap}>
          {format.ago(createdAt)}
        </time>
      ),
    },
    {
      key: 'model',
      header: t('columnModel'),
      cell: (row) => (
        <>
          <ModelNames requested={row.requestedModel} used={row.model} />
          <span className={phoneLine}>
            {format.ago(row.createdAt)} · {format.duration(row.durationMs)}
          </span>
        </>
      ),
    },
    {
      key: 'provider',
      header: t('columnProvider'),
      from: 'tablet',
      cell: ({ providerUsed }) => (providerUsed ? labels.provider(providerUsed) : '–'),
    },
    {
      key: 'key',
      header: t('columnKey'),
      from: 'desktop',
      cell: ({ apiKey }) =>
        apiKey ? (
          <span className={styles.clip} title={apiKey.name}>
            {apiKey.name}
          </span>
        ) : (
          <span className={styles.faint}>{t('keyDeleted')}</span>
        ),
    },
    {
      key: 'tokens',
      header: (
        <>
          {t('columnTokens')} <span className="visually-hidden">{t('columnTokensOrder')}</span>
        </>
      ),
      align: 'end',
      from: 'desktop',
      cell: ({ inputTokens, outputTokens }) => (
        <span className={styles.nowrap} title={t('columnTokensOrder')}>
          {format.number(inputTokens)} / {format.number(outputTokens)}
        </span>
      ),
    },
    {
      key: 'cost',
      header: t('columnCost'),
      align: 'end',
      from: 'tablet',
      cell: ({ costUsd }) => format.money(costUsd),
    },
    {
      key: 'latency',
      header: t('columnLatency'),
      align: 'end',
      from: 'tablet',
      cell: ({ durationMs }) => (
        <span className={styles.nowrap}>{format.duration(durationMs)}</span>
      ),
    },
    {
      key: 'firstToken',
      header: t('columnFirstToken'),
      align: 'end',
      from: 'desktop',
      cell: ({ timeToFirstTokenMs }) => (
        <span className={styles.nowrap}>{format.duration(timeToFirstTokenMs)}</span>
      ),
    },
    {
      key: 'flags',
      header: t('columnFlags'),
      from: 'desktop',
      cell: (row) => <Flags row={row} />,
    },
  ]
}
