import type { ReactNode } from 'react'
import { useT } from '../i18n/i18n'
import { errorRate, pointsOfChange, shareOfChange } from '../lib/change'
import { useFormat } from '../lib/format'
import { Figure } from './Figure'
import styles from './Figures.module.css'

// The percentiles are estimates: a tenth more or less tells nothing.
const NOTABLE_LATENCY = 0.1
// From three times as much on, nobody thinks in percent.
const MANIFOLD = 2

type Period = {
  requests: number
  failedRequests: number
  inputTokens: number
  outputTokens: number
  costUsd: string | null
  p50DurationMs: number | null
  p95DurationMs: number | null
}
type FiguresProps = {
  current: Period
  previous: Period
  days: number
  busy?: boolean
  /** The names of figures that lead somewhere. */
  links?: { requests?: ReactNode; errorRate?: ReactNode }
}

/** What the period comes to, beside the one before it. Its page loads the texts of `figures`. */
export function Figures({ current, previous, days, busy = false, links = {} }: FiguresProps) {
  const t = useT('figures')
  const format = useFormat()
  const rate = errorRate(current)
  const rateBefore = errorRate(previous)
  const tokens = current.inputTokens + current.outputTokens
  const tokensBefore = previous.inputTokens + previous.outputTokens
  const before = { days }
  // Said once below, where it holds for all.
  const hasBefore = previous.requests > 0
  const was = (value: string) => (hasBefore ? t('was', { value }) : undefined)
  const ends = { same: t('same', before), none: hasBefore ? t('noneBefore', before) : '' }
  const share = (by: number) => format.percent(by < 0.1 ? by : Math.round(by * 100) / 100)
  const times = (by: number) => t('times', { times: rounded(1 + by), ...before })
  const words = {
    up: (by: number) => (by < MANIFOLD ? t('more', { share: share(by), ...before }) : times(by)),
    down: (by: number) => t('less', { share: share(by), ...before }),
    ...ends,
  }
  const latencyWords = {
    up: (by: number) => (by < MANIFOLD ? t('higher', { share: share(by), ...before }) : times(by)),
    down: (by: number) => t('lower', { share: share(by), ...before }),
    ...ends,
  }
  const rateWords = {
    up: (by: number) => t('pointsMore', { points: rounded(by * 100), ...before }),
    down: (by: number) => t('pointsLess', { points: rounded(by * 100), ...before }),
    ...ends,
  }

  return (
    <section aria-label={t('totals')} aria-busy={busy} className={styles.cards}>
      <Figure
        name={t('requests')}
        link={links.requests}
        value={format.number(current.requests)}
        before={was(format.number(previous.requests))}
        change={shareOfChange(current.requests, previous.requests)}
        words={words}
      />
      <Figure
        name={t('tokens')}
        value={format.compact(tokens)}
        before={was(format.compact(tokensBefore))}
        detail={t('inAndOut', {
          input: format.compact(current.inputTokens),
          output: format.compact(current.outputTokens),
        })}
        change={shareOfChange(tokens, tokensBefore)}
        words={words}
      />
      <Figure
        name={t('cost')}
        value={format.money(current.costUsd)}
        before={was(format.money(previous.costUsd))}
        detail={current.costUsd === null && current.requests ? t('noPrice') : undefined}
        change={shareOfChange(amount(current.costUsd), amount(previous.costUsd))}
        words={words}
      />
      <Figure
        name={t('errorRate')}
        link={links.errorRate}
        value={format.percent(rate)}
        before={was(format.percent(rateBefore))}
        detail={current.failedRequests ? t('failed', { count: current.failedRequests }) : undefined}
        change={pointsOfChange(rate, rateBefore)}
        isWorse="up"
        words={rateWords}
      />
      {(['p50DurationMs', 'p95DurationMs'] as const).map((percentile) => (
        <Figure
          key={percentile}
          name={t(percentile)}
          hint={t(percentile === 'p50DurationMs' ? 'p50Hint' : 'p95Hint')}
          value={format.duration(current[percentile])}
          before={was(format.duration(previous[percentile]))}
          change={shareOfChange(current[percentile], previous[percentile], NOTABLE_LATENCY)}
          isWorse="up"
          words={latencyWords}
        />
      ))}
      {!hasBefore && <p className={styles.noneBefore}>{t('noneBefore', before)}</p>}
    </section>
  )
}

function amount(decimal: string | null): number | null {
  return decimal === null ? null : Number(decimal)
}

/** With one decimal below ten. */
function rounded(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value)
}
