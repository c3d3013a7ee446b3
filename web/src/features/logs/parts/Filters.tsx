import { useState, type RefObject } from 'react'
import { useQuery } from 'urql'
import { LogChoicesDocument } from '../../../gql/logs'
import { useT } from '../../../i18n/i18n'
import { useWorkspace } from '../../../lib/session'
import { Button } from '../../../ui/Button'
import { SelectField } from '../../../ui/Field'
import { isFiltered } from '../filter'
import { useLabels } from '../labels'
import { PROVIDERS, RANGES, STATUSES, type LogsFilter } from '../search'
import { Chips } from './Chips'
import { CustomRange } from './CustomRange'
import styles from './Filters.module.css'
import { ModelBox } from './ModelBox'
import { SearchBox } from './SearchBox'

const CUSTOM = 'custom'
const CONTEXT = { additionalTypenames: ['ApiKey'] }

type FiltersProps = {
  search: RefObject<HTMLInputElement | null>
  filter: LogsFilter
  /** Whether the rows are there: they are asked for first, and the choices afterwards. */
  isReady: boolean
  onChange: (change: LogsFilter) => void
}

/** Narrows the log; what is chosen stands below as chips. */
export function Filters({ search, filter, isReady, onChange }: FiltersProps) {
  const t = useT('logs')
  const labels = useLabels()
  const workspaceId = useWorkspace().id
  const [isOpen, open] = useState(false)
  const [isCustom, setCustom] = useState(false)
  const [{ data }] = useQuery({
    query: LogChoicesDocument,
    variables: { workspaceId },
    context: CONTEXT,
    pause: !isReady,
  })
  const keys = data?.workspace?.apiKeys ?? []
  const hasInstants = Boolean(filter.since ?? filter.until)

  function changeRange(value: string) {
    setCustom(value === CUSTOM)
    if (value !== CUSTOM)
      onChange({
        range: RANGES.find((range) => range === value),
        since: undefined,
        until: undefined,
      })
  }

  return (
    <search className={styles.filters}>
      <div className={styles.bar}>
        <SearchBox input={search} value={filter.q} onChange={(q) => onChange({ q })} />
        <Button
          icon="filter"
          className={styles.toggle}
          aria-expanded={isOpen}
          onClick={() => open(!isOpen)}
        >
          {t('filters')}
        </Button>
        <div className={styles.fields} data-open={isOpen}>
          <SelectField
            name="range"
            label={t('range')}
            hideLabel
            value={isCustom || hasInstants ? CUSTOM : (filter.range ?? '')}
            choices={[
              { value: '', label: t('rangeAny') },
              ...RANGES.map((value) => ({ value, label: labels.range(value) })),
              { value: CUSTOM, label: t('rangeCustom') },
            ]}
            onChange={({ target }) => changeRange(target.value)}
          />
          <SelectField
            name="status"
            label={t('status')}
            hideLabel
            value={filter.status ?? ''}
            choices={[
              { value: '', label: t('statusAny') },
              ...STATUSES.map((value) => ({ value, label: labels.status(value) })),
            ]}
            onChange={({ target }) =>
              onChange({ status: STATUSES.find((status) => status === target.value) })
            }
          />
          <SelectField
            name="provider"
            label={t('provider')}
            hideLabel
            value={filter.provider ?? ''}
            choices={[
              { value: '', label: t('providerAny') },
              ...PROVIDERS.map((value) => ({ value, label: labels.provider(value) })),
            ]}
            onChange={({ target }) =>
              onChange({ provider: PROVIDERS.find((provider) => provider === target.value) })
            }
          />
          <ModelBox
            models={data?.workspace?.usedModels ?? []}
            value={filter.model}
            onChange={(model) => onChange({ model })}
          />
          <SelectField
            name="key"
            label={t('key')}
            hideLabel
            value={filter.key ?? ''}
            choices={[
              { value: '', label: t('keyAny') },
              ...keys.map(({ id, name }) => ({ value: id, label: name })),
              // Of a deleted key: its requests are still there.
              ...(filter.key && !keys.some(({ id }) => id === filter.key)
                ? [{ value: filter.key, label: filter.key }]
                : []),
            ]}
            onChange={({ target }) => onChange({ key: target.value || undefined })}
          />
        </div>
      </div>
      {(isCustom || hasInstants) && (
        <CustomRange
          key={`${filter.since ?? ''} ${filter.until ?? ''}`}
          since={filter.since}
          until={filter.until}
          onChange={(chosen) => {
            setCustom(false)
            onChange({ ...chosen, range: undefined })
          }}
        />
      )}
      {isFiltered(filter) && <Chips filter={filter} keys={keys} onChange={onChange} />}
    </search>
  )
}
