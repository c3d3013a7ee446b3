import type { OverviewQuery } from '../../../gql/overview'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { EmptyState } from '../../../ui/EmptyState'
import { Panel } from '../../../ui/Page'
import { StackedBars } from '../../../ui/StackedBars'
import { chartOf } from '../chart'
import { GROUPINGS, type OverviewSearch } from '../search'
import { Choice } from './Choice'

const HEIGHT = 180

type ChartProps = {
  workspace: Pick<NonNullable<OverviewQuery['workspace']>, 'usageSeries' | 'usageSummary'>
  days: number
  search: OverviewSearch
  providers: OverviewQuery['providers']
}

/** The requests of each day, by who or what answered. */
export function Chart({ workspace, days, search, providers }: ChartProps) {
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
          label={t('groupBy')}
          choices={GROUPINGS.map((grouping) => ({
            key: grouping,
            label: t(grouping === 'model' ? 'byModel' : 'byProvider'),
            search: { ...search, by: grouping === 'provider' ? undefined : grouping },
            chosen: grouping === (search.by ?? 'provider'),
          }))}
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
