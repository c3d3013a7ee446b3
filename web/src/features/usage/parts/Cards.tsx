import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { UsageQuery } from '../../../gql/usage'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { useWorkspace } from '../../../lib/session'
import { classes } from '../../../ui/classes'
import styles from './Cards.module.css'

type Summary = NonNullable<UsageQuery['workspace']>['usageSummary']

/** The range in five figures, each beside the one of the range before. */
export function Cards({ current, previous }: Summary) {
  const t = useT('usage')
  const format = useFormat()
  const { since } = current
  const tokens = { now: tokensOf(current), before: tokensOf(previous) }
  const failures = { now: failureRate(current), before: failureRate(previous) }
  return (
    <dl className={styles.cards}>
      <Card
        label={<LogsLink search={{ since }}>{t('requests')}</LogsLink>}
        value={format.number(current.requests)}
        change={changeOf(current.requests, previous.requests)}
        before={previous.requests ? format.number(previous.requests) : null}
      />
      <Card
        label={t('tokens')}
        value={format.compact(tokens.now)}
        note={t('inAndOut', {
          input: format.compact(current.inputTokens),
          output: format.compact(current.outputTokens),
        })}
        change={changeOf(tokens.now, tokens.before)}
        before={previous.requests ? format.compact(tokens.before) : null}
      />
      <Card
        label={t('cost')}
        value={current.requests ? format.money(current.costUsd) : format.money(0)}
        note={current.requests && current.costUsd === null ? t('noPrice') : undefined}
        change={changeOf(Number(current.costUsd ?? 0), Number(previous.costUsd ?? 0))}
        before={previous.costUsd === null ? null : format.money(previous.costUsd)}
      />
      <Card
        label={<LogsLink search={{ since, status: 'failed' }}>{t('errors')}</LogsLink>}
        value={format.percent(failures.now)}
        note={t('failed', { count: current.failedRequests })}
        isWorse={isMore(failures.now, failures.before)}
        before={failures.before === null ? null : format.percent(failures.before)}
      />
      <Card
        label={t('p95')}
        value={format.duration(current.p95DurationMs)}
        note={t('p95Meaning')}
        change={changeOf(current.p95DurationMs ?? 0, previous.p95DurationMs ?? 0)}
        isWorse={isMore(current.p95DurationMs, previous.p95DurationMs)}
        before={previous.p95DurationMs === null ? null : format.duration(previous.p95DurationMs)}
      />
    </dl>
  )
}

type CardProps = {
  label: ReactNode
  value: string
  note?: string | undefined
  /** Relative to the range before; null: that cannot be said. */
  change?: number | null
  /** Whether more of it is bad, or better; undefined or null: neither. */
  isWorse?: boolean | null
  /** The figure of the range before; null: it had none. */
  before: string | null
}

function Card({ label, value, note, change = null, isWorse = null, before }: CardProps) {
  const t = useT('usage')
  const format = useFormat()
  const tone = isWorse === null ? undefined : isWorse ? styles.bad : styles.ok
  return (
    <div className={styles.card}>
      <dt className={styles.label}>{label}</dt>
      <dd className={styles.value}>{value}</dd>
      <dd className={styles.note}>{note}</dd>
      <dd className={styles.before}>
        {change !== null && (
          <span className={classes(styles.change, tone)}>
            {change > 0 ? '+' : change < 0 ? '−' : '±'}
            {format.percent(Math.abs(change))}
          </span>
        )}
        {before === null ? (
          t('noneBefore')
        ) : (
          <span className={change === null ? tone : undefined}>{t('before', { before })}</span>
        )}
      </dd>
    </div>
  )
}

function LogsLink({
  search,
  children,
}: {
  search: { since: string; status?: 'failed' }
  children: string
}) {
  const t = useT('usage')
  const { id: workspaceId } = useWorkspace()
  return (
    <Link
      to="/w/$workspaceId/logs"
      params={{ workspaceId }}
      search={search}
      title={t('showLogs')}
      className={styles.link}
    >
      {children}
    </Link>
  )
}

type Period = Summary['previous']

function tokensOf({ inputTokens, outputTokens }: Period): number {
  return inputTokens + outputTokens
}

function failureRate({ requests, failedRequests }: Period): number | null {
  return requests ? failedRequests / requests : null
}

function changeOf(now: number, before: number): number | null {
  return before ? now / before - 1 : null
}

function isMore(now: number | null, before: number | null): boolean | null {
  return now === null || before === null || now === before ? null : now > before
}
