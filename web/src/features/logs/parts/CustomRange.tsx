import { useState } from 'react'
import { useT } from '../../../i18n/i18n'
import { Button } from '../../../ui/Button'
import { TextField } from '../../../ui/Field'
import { Form, valueOf } from '../../../ui/Form'
import styles from './Filters.module.css'

type Instants = { since: string | undefined; until: string | undefined }
type CustomRangeProps = Instants & { onChange: (range: Instants) => void }

/** Two moments in the user's time zone; either may be left empty. */
export function CustomRange({ since, until, onChange }: CustomRangeProps) {
  const t = useT('logs')
  const [isBackwards, setBackwards] = useState(false)
  const common = { type: 'datetime-local', step: 1 } as const

  function apply(values: FormData) {
    const chosen = {
      since: fromLocal(valueOf(values, 'since')),
      until: fromLocal(valueOf(values, 'until')),
    }
    const backwards = Boolean(chosen.since && chosen.until && chosen.until <= chosen.since)
    setBackwards(backwards)
    if (!backwards) onChange(chosen)
  }

  return (
    <Form onSubmit={apply} className={styles.custom}>
      <TextField {...common} name="since" label={t('since')} defaultValue={toLocal(since)} />
      <TextField
        {...common}
        name="until"
        label={t('until')}
        defaultValue={toLocal(until)}
        error={isBackwards ? t('rangeBackwards') : undefined}
      />
      <Button type="submit">{t('apply')}</Button>
    </Form>
  )
}

/** As an input of the kind datetime-local writes it. */
function toLocal(instant: string | undefined): string | undefined {
  if (!instant) return undefined
  const moment = new Date(instant)
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 19)
}

function fromLocal(local: string): string | undefined {
  return local ? new Date(local).toISOString() : undefined
}
