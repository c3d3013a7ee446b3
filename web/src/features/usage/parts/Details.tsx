import { useMemo } from 'react'
import type { UsageQuery } from '../../../gql/usage'
import { useT } from '../../../i18n/i18n'
import { download } from '../../../lib/csv'
import { useFormat } from '../../../lib/format'
import { Button } from '../../../ui/Button'
import { Choice } from '../../../ui/Choice'
import { Panel } from '../../../ui/Page'
import { StackedBars } from '../../../ui/StackedBars'
import { csvOf, groupOf, rowsOf } from '../rows'
import { METRICS, type Metric } from '../search'
import { daysOf, topSeries } from '../series'
import { useNames } from '../useNames'
import { UsageTable } from './UsageTable'

type DetailsProps = { data: UsageQuery; metric: Metric; onMetric: (metric: Metric) => void }

/** A range that was used: its days as bars, its groups as a table. */
export function Details({ data, metric, onMetric }: DetailsProps) {
  const { workspace } = data
  return workspace && <Filled {...{ data, workspace, metric, onMetric }} />
}

function Filled({
  data,
  workspace,
  metric,
  onMetric,
}: DetailsProps & { workspace: NonNullable<UsageQuery['workspace']> }) {
  const t = useT('usage')
  const format = useFormat()
  const names = useNames(data)
  const by = groupOf(workspace)
  const { since, until } = workspace.usageSummary.current
  const days = useMemo(() => daysOf(since, until), [since, until])
  const figures = { requests: t('requests'), tokens: t('tokens'), cost: t('cost') }
  const titles = {
    model: t('byModel', { figure: figures[metric] }),
    provider: t('byProvider', { figure: figures[metric] }),
    key: t('byKey', { figure: figures[metric] }),
    day: t('byDay', { figure: figures[metric] }),
  }
  const series = useMemo(
    () =>
      topSeries({
        points: workspace.usageSeries.map((point) =>
          by === 'day' ? { ...point, group: 'all', other: false } : point,
        ),
        days,
        metric,
        nameOf: by === 'day' ? () => names.total : names.group,
        otherName: names.rest,
      }),
    [workspace, by, days, metric, names],
  )
  const rows = useMemo(() => rowsOf(workspace, metric, names), [workspace, metric, names])
  const [first = '', last = ''] = [days[0], days.at(-1)]

  function save() {
    const csv = csvOf(rows, by, metric)
    download(`perpetuo-usage-by-${by}-${first}-${last}.csv`, 'text/csv;charset=utf-8', [csv])
  }

  return (
    <>
      <Panel
        title={titles[by]}
        lead={t('span', { first: format.date(first), last: format.date(last) })}
        actions={
          <Choice
            legend={t('figure')}
            choices={METRICS.map((value) => ({ value, label: figures[value] }))}
            value={metric}
            onChange={onMetric}
          />
        }
      >
        <StackedBars
          caption={titles[by]}
          labels={days.map((day) => format.day(day))}
          series={series}
          format={{ requests: format.number, tokens: format.compact, cost: format.money }[metric]}
        />
      </Panel>
      <Panel
        flush
        title={t('details')}
        actions={
          <Button size="small" icon="download" onClick={save}>
            {t('csv')}
          </Button>
        }
      >
        <UsageTable rows={rows} by={by} />
      </Panel>
    </>
  )
}
