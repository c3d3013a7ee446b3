import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { Button } from '../../../ui/Button'
import { Icon } from '../../../ui/icons'
import { NO_FILTER } from '../filter'
import { useLabels } from '../labels'
import type { LogsFilter } from '../search'
import styles from './Filters.module.css'

type ChipsProps = {
  filter: LogsFilter
  keys: readonly { id: string; name: string }[]
  onChange: (change: LogsFilter) => void
}

/** What is filtered, each to be taken away. */
export function Chips({ filter, keys, onChange }: ChipsProps) {
  const t = useT('logs')
  const labels = useLabels()
  const format = useFormat()
  const { range, since, until, status, provider, model, key, q } = filter
  const keyName = keys.find(({ id }) => id === key)?.name ?? key
  const chips = [
    { field: 'range', name: t('range'), value: range && labels.range(range) },
    { field: 'since', name: t('since'), value: since && format.moment(since) },
    { field: 'until', name: t('until'), value: until && format.moment(until) },
    { field: 'status', name: t('status'), value: status && labels.status(status) },
    { field: 'provider', name: t('provider'), value: provider && labels.provider(provider) },
    { field: 'model', name: t('model'), value: model },
    { field: 'key', name: t('key'), value: keyName },
    { field: 'q', name: t('searchLabel'), value: q },
  ].filter(({ value }) => value)

  return (
    <ul className={styles.chips}>
      {chips.map(({ field, name, value = '' }) => (
        <li key={field}>
          <button
            type="button"
            className={styles.chip}
            aria-label={t('chipRemove', { name, value })}
            onClick={() => onChange({ [field]: undefined })}
          >
            <span className={styles.chipText}>{t('chip', { name, value })}</span>
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
      <li>
        <Button variant="quiet" onClick={() => onChange(NO_FILTER)}>
          {t('clear')}
        </Button>
      </li>
    </ul>
  )
}
