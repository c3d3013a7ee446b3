import { classes } from '../../../ui/classes'
import { Icon } from '../../../ui/icons'
import type { Change, Direction } from '../change'
import styles from '../Overview.module.css'

type CardProps = {
  name: string
  value: string
  hint?: string
  detail?: string | undefined
  /** Null where the period before has nothing to compare with. */
  change: Change | null
  words: { up: (by: number) => string; down: (by: number) => string; same: string; none: string }
  /** Which direction is bad news, where one is; the other one is good news then. */
  isWorse?: Exclude<Direction, 'same'>
}

/** One figure, and how it has moved. */
export function Card({ name, value, hint, detail, change, words, isWorse }: CardProps) {
  const direction = change?.direction ?? 'same'
  const tone = isWorse && direction !== 'same' && (direction === isWorse ? styles.bad : styles.ok)
  return (
    <div className={styles.card} role="group" aria-label={name}>
      <p className={styles.name} title={hint}>
        {name}
      </p>
      <p className={styles.value}>{value}</p>
      {detail && <p className={styles.detail}>{detail}</p>}
      <p className={classes(styles.change, tone)} data-direction={direction}>
        {direction !== 'same' && <Icon name="arrow" size={14} />}
        <span>{textOf(change, words)}</span>
      </p>
    </div>
  )
}

function textOf(change: Change | null, words: CardProps['words']): string {
  if (!change) return words.none
  return change.direction === 'same' ? words.same : words[change.direction](change.by)
}
