import type { ReactNode } from 'react'
import type { Change, Direction } from '../lib/change'
import { classes } from './classes'
import styles from './Figures.module.css'
import { Icon } from './icons'

/** How a change is said. `none`: there is nothing to compare with; empty where nothing is to be said of it. */
type Words = {
  up: (by: number) => string
  down: (by: number) => string
  same: string
  none: string
}
type FigureProps = {
  name: string
  /** The name as a link, where it leads somewhere. */
  link?: ReactNode
  value: string
  hint?: string
  detail?: string | undefined
  /** Null where there is nothing to compare with. */
  change: Change | null
  /** What it was before. */
  before?: string | undefined
  words: Words
  /** Which direction is bad news, where one is; the other one is good news then. */
  isWorse?: Exclude<Direction, 'same'>
}

/** One figure, and how it has moved. */
export function Figure({
  name,
  link,
  value,
  hint,
  detail,
  change,
  before,
  words,
  isWorse,
}: FigureProps) {
  const direction = change?.direction ?? 'same'
  const tone = isWorse && direction !== 'same' && (direction === isWorse ? styles.bad : styles.ok)
  const text = textOf(change, words)
  return (
    <div className={styles.card} role="group" aria-label={name}>
      <p className={styles.name} title={hint}>
        {link ?? name}
      </p>
      <p className={styles.value}>{value}</p>
      {detail && <p className={styles.detail}>{detail}</p>}
      {text && (
        <p className={classes(styles.change, tone)} data-direction={direction} title={before}>
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
