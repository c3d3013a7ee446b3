import type { OverviewQuery } from '../../../gql/overview'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { Choice } from '../../../ui/Choice'
import { EmptyState } from '../../../ui/EmptyState'
import { Panel } from '../../../ui/Page'
import { StackedBars } from '../../../ui/StackedBars'
import { chartOf } from '../chart'
import { GROUPINGS, type Grouping } from '../search'

const HEIGHT = 180

type ChartProps = {
  workspace: Pick<NonNullable<OverviewQuery['workspace']>, 'usageSeries' | 'usageSummary'>
  days: number
  by: Grouping
  onBy: (by: Grouping) => void
  providers: OverviewQuery['providers']
}

/** The requests of each day, by who or what answered. */
export function Chart({ workspace, days, by, onBy, providers }: ChartProps) {
  const t = useT('overview')
  const format = useFormat()
  const { usageSeries, usageSummary } = workspace
  const chart = chartOf(usageSeries, usageSummary.current, (group, other) => {
    if (other) return t('other')
    if (!group) return t('nobody')
    return providers.find(({ name }) => name === group)?.label ?? group
  })

  return (
    <Panel
      title={t('chart')}
      actions={
        <Choice
          legend={t('groupBy')}
          choices={GROUPINGS.map((value) => ({
            value,
            label: t(value === 'model' ? 'byModel' : 'byProvider'),
          }))}
          value={by}
          onChange={onBy}
        />
      }
    >
      {!chart.total && (
        <EmptyState icon="usage" title={t('chartEmpty', { days })}>
          {t('chartEmptyText')}
        </EmptyState>
      )}
      {chart.total > 0 && (
        <StackedBars
          caption={t('chartCaption', { days })}
          labels={chart.days.map(format.day)}
          series={chart.series}
          format={format.number}
          height={HEIGHT}
        />
      )}
    </Panel>
  )
}
