import { useId } from 'react'
import { useT } from '../../../i18n/i18n'
import { TextField } from '../../../ui/Field'
import { useFieldError } from '../../../ui/Form'
import { Icon } from '../../../ui/icons'
import type { ProviderKey } from '../types'
import { LIMITS, limitName } from '../values'
import styles from './KeyDialog.module.css'

const TEXTS = {
  firstTokenS: 'limitFirstToken',
  streamIdleS: 'limitStreamIdle',
  answerS: 'limitAnswer',
  headerS: 'limitHeader',
} as const

/** Time limits of a key's own; folded up while it has none. */
export function TimeoutFields({ initial }: { initial: ProviderKey['timeouts'] | undefined }) {
  const t = useT('providers')
  const id = useId()
  const error = useFieldError('timeouts')
  const hasAny = LIMITS.some((limit) => initial?.[limit] != null)
  return (
    <details className={styles.limits} open={hasAny || error !== undefined}>
      <summary className={styles.legend}>{t('timeLimits')}</summary>
      <p id={`${id}-hint`} className={styles.hint}>
        {t('timeLimitsHint')}
      </p>
      {/* Lets the form know that there is a place for what is wrong with them. */}
      <input type="hidden" name="timeouts" />
      {error && (
        <p role="alert" className={styles.error}>
          <Icon name="alert" size={14} />
          {error}
        </p>
      )}
      <div className={styles.fields} role="group" aria-describedby={`${id}-hint`}>
        {LIMITS.map((limit) => (
          <TextField
            key={limit}
            name={limitName(limit)}
            type="number"
            label={t(TEXTS[limit])}
            optional
            defaultValue={initial?.[limit] ?? ''}
            min={0}
            max={3600}
            step="any"
          />
        ))}
      </div>
    </details>
  )
}
