import { useId } from 'react'
import styles from './Choice.module.css'

type ChoiceProps<Value extends string | number> = {
  legend: string
  choices: readonly { value: Value; label: string }[]
  value: Value
  onChange: (value: Value) => void
}

/** One of a few, all in view; the arrow keys go through them. */
export function Choice<Value extends string | number>({
  legend,
  choices,
  value,
  onChange,
}: ChoiceProps<Value>) {
  const name = useId()
  return (
    <fieldset className={styles.choice}>
      <legend className="visually-hidden">{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className={styles.option}>
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
            className={styles.input}
          />
          {choice.label}
        </label>
      ))}
    </fieldset>
  )
}
