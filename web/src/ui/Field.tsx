import { useId, useState, type ComponentProps, type ReactNode } from 'react'
import { useT } from '../i18n/i18n'
import { classes } from './classes'
import styles from './Field.module.css'
import { useFieldError } from './Form'
import { Icon } from './icons'

type Frame = {
  label: string
  name: string
  hint?: ReactNode
  /** Overrides what the form knows about this field. */
  error?: string | undefined
  /** Says "optional" beside the label. */
  optional?: boolean | undefined
  /** For screen readers alone. */
  hideLabel?: boolean | undefined
}

/** A text input of a form, with its label, hint and error. */
export function TextField({
  label,
  hint,
  error,
  optional,
  hideLabel,
  ...input
}: Frame & Omit<ComponentProps<'input'>, 'name'>) {
  const frame = { label, hint, error, optional, hideLabel, name: input.name }
  return (
    <Framed {...frame}>
      {(wiring) => (
        <input
          type="text"
          {...input}
          {...wiring}
          className={classes(styles.input, input.className)}
        />
      )}
    </Framed>
  )
}

/** A password with a button that shows it. */
export function PasswordField({
  label,
  hint,
  error,
  ...input
}: Frame & Omit<ComponentProps<'input'>, 'name' | 'type'>) {
  const t = useT('common')
  const [shown, setShown] = useState(false)
  return (
    <Framed label={label} hint={hint} error={error} name={input.name}>
      {(wiring) => (
        <span className={styles.withButton}>
          <input
            autoCapitalize="none"
            spellCheck={false}
            {...input}
            {...wiring}
            type={shown ? 'text' : 'password'}
            className={styles.input}
          />
          <button
            type="button"
            className={styles.reveal}
            aria-pressed={shown}
            aria-label={t('showPassword')}
            title={shown ? t('hidePassword') : t('showPassword')}
            onClick={() => setShown(!shown)}
          >
            <Icon name={shown ? 'eyeOff' : 'eye'} />
          </button>
        </span>
      )}
    </Framed>
  )
}

/** Several lines of text. */
export function TextareaField({
  label,
  hint,
  error,
  optional,
  hideLabel,
  ...input
}: Frame & Omit<ComponentProps<'textarea'>, 'name'>) {
  const frame = { label, hint, error, optional, hideLabel, name: input.name }
  return (
    <Framed {...frame}>
      {(wiring) => (
        <textarea
          rows={3}
          {...input}
          {...wiring}
          className={classes(styles.input, styles.textarea, input.className)}
        />
      )}
    </Framed>
  )
}

type Choice = { value: string; label: string }

/** The browser's own select. */
export function SelectField({
  label,
  hint,
  error,
  optional,
  hideLabel,
  choices,
  ...input
}: Frame & Omit<ComponentProps<'select'>, 'name'> & { choices: readonly Choice[] }) {
  const frame = { label, hint, error, optional, hideLabel, name: input.name }
  return (
    <Framed {...frame}>
      {(wiring) => (
        <select
          {...input}
          {...wiring}
          className={classes(styles.input, styles.select, input.className)}
        >
          {choices.map(({ value, label: shown }) => (
            <option key={value} value={value}>
              {shown}
            </option>
          ))}
        </select>
      )}
    </Framed>
  )
}

type Wiring = {
  id: string
  'aria-invalid': true | undefined
  'aria-describedby': string | undefined
}

function Framed({
  label,
  name,
  hint,
  error,
  optional,
  hideLabel,
  children,
}: Frame & { children: (wiring: Wiring) => ReactNode }) {
  const t = useT('common')
  const id = useId()
  const known = useFieldError(name)
  const shown = error ?? known
  const described = classes(shown && `${id}-error`, hint ? `${id}-hint` : undefined)
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : styles.label}>
        {label}
        {optional && <span className={styles.optional}> {t('optional')}</span>}
      </label>
      {children({
        id,
        'aria-invalid': shown ? true : undefined,
        'aria-describedby': described || undefined,
      })}
      {shown && (
        <p id={`${id}-error`} role="alert" className={styles.error}>
          <Icon name="alert" size={14} />
          {shown}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  )
}
