import { classes } from '../../../ui/classes'
import { Icon } from '../../../ui/icons'
import type { Change, Direction } from '../change'
import styles from '../Overview.module.css'

/** How a change is said. `none`: there is nothing to compare with; empty where nothing is to be said of it. */
type Words = {
  up: (by: number) => string
  down: (by: number) => string
  same: string
  none: string
}
type CardProps = {
  name: string
  value: string
  hint?: string
  detail?: string | undefined
  /** Null where there is nothing to compare with. */
  change: Change | null
  words: Words
  /** Which direction is bad news, where one is; the other one is good news then. */
  isWorse?: Exclude<Direction, 'same'>
}

/** One figure, and how it has moved. */
export function Card({ name, value, hint, detail, change, words, isWorse }: CardProps) {
  const direction = change?.direction ?? 'same'
  const tone = isWorse && direction !== 'same' && (direction === isWorse ? styles.bad : styles.ok)
  const text = textOf(change, words)
  return (
    <div className={styles.card} role="group" aria-label={name}>
      <p className={styles.name} title={hint}>
        {name}
      </p>
      <p className={styles.value}>{value}</p>
      {detail && <p className={styles.detail}>{detail}</p>}
      {text && (
        <p className={classes(styles.change, tone)} data-direction={direction}>
          {direction !== 'same' && <Icon name="arrow" size={14} />}
          <span>{text}</span>
        </p>
      )}
    </div>
  )
}

function textOf(change: Change | null, words: Words): string {
  if (!change) return words.none
  return change.direction === 'same' ? words.same : words[change.direction](change.by)
}
