import { useId, type ReactNode } from 'react'
import { classes } from './classes'
import styles from './Switch.module.css'

type SwitchProps = {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
  hint?: ReactNode
  hideLabel?: boolean
  disabled?: boolean
  name?: string
}

/** On or off, at once. */
export function Switch({
  label,
  checked,
  onChange,
  hint,
  hideLabel = false,
  disabled = false,
  name,
}: SwitchProps) {
  const id = useId()
  return (
    <span className={styles.row}>
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={checked}
        name={name}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className={styles.switch}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className={classes(hideLabel && 'visually-hidden')}>
        <label htmlFor={id} className={styles.label}>
          {label}
        </label>
        {hint && (
          <span id={`${id}-hint`} className={styles.hint}>
            {hint}
          </span>
        )}
      </span>
    </span>
  )
}
