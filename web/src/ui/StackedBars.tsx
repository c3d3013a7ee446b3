import { useId, useState, type PointerEvent } from 'react'
import { useT } from '../i18n/i18n'
import { classes } from './classes'
import { scaleOf } from './scale'
import styles from './StackedBars.module.css'

/** One part of every bar; the values stand in the order of the chart's `labels`. */
export type Series = { key: string; name: string; values: readonly number[] }

type StackedBarsProps = {
  /** What the chart shows, in a sentence; for screen readers. */
  caption: string
  /** One for each bar, such as days. */
  labels: readonly string[]
  /** At most seven: the last one is drawn in grey, for the rest. */
  series: readonly Series[]
  format: (value: number) => string
  height?: number
}

const WIDTH = 1000
const MOST_TICKS = 7

/**
 * Stacked bars with a legend, which says the sums of all bars or, while one is pointed at, what that one has.
 * A hidden table says it all.
 */
export function StackedBars({ caption, labels, series, format, height = 200 }: StackedBarsProps) {
  const t = useT('common')
  const id = useId()
  const [at, setAt] = useState<number | null>(null)
  const totals = labels.map((_, bar) => sum(series.map(({ values }) => values[bar] ?? 0)))
  const lines = scaleOf(Math.max(...totals, 0), totals.every(Number.isInteger))
  const top = lines[0] ?? 1
  const step = WIDTH / Math.max(labels.length, 1)
  const tickEvery = Math.ceil(labels.length / MOST_TICKS)

  return (
    <figure className={styles.chart}>
      <div className={styles.scale} style={{ height }} aria-hidden="true">
        {lines.map((line) => (
          <span key={line}>{format(line)}</span>
        ))}
      </div>
      <svg
        role="img"
        aria-labelledby={id}
        viewBox={`0 0 ${WIDTH} ${height}`}
        preserveAspectRatio="none"
        height={height}
        className={styles.plot}
        onPointerMove={(event) => setAt(barAt(event, labels.length))}
        onPointerDown={(event) => {
          // A finger leaves at once, so what it has chosen stays until it is touched again.
          const bar = barAt(event, labels.length)
          setAt(event.pointerType === 'touch' && bar === at ? null : bar)
        }}
        onPointerLeave={({ pointerType }) => pointerType !== 'touch' && setAt(null)}
      >
        <title id={id}>{caption}</title>
        {at !== null && (
          <rect x={at * step} width={step} height={height} className={styles.hover} />
        )}
        {lines.slice(0, -1).map((line) => (
          <rect
            key={line}
            y={height * (1 - line / top)}
            width={WIDTH}
            height={1}
            className={styles.line}
          />
        ))}
        {labels.map((label, bar) => {
          let above = height
          return series.map(({ key, values }, index) => {
            const size = ((values[bar] ?? 0) / top) * height
            above -= size
            return (
              size > 0 && (
                <rect
                  key={label + key}
                  x={bar * step + step * 0.14}
                  y={above}
                  width={step * 0.72}
                  height={size}
                  className={styles[`s${index}`]}
                />
              )
            )
          })
        })}
      </svg>
      <div className={styles.axis} aria-hidden="true">
        {labels.map(
          (label, bar) =>
            bar % tickEvery === 0 && (
              <span key={label} style={{ left: `${((bar + 0.5) / labels.length) * 100}%` }}>
                {label}
              </span>
            ),
        )}
      </div>
      <ul className={styles.legend} aria-hidden="true">
        <li className={styles.when}>
          {at === null
            ? `${t('wholePeriod')} · ${format(sum(totals))}`
            : `${labels[at] ?? ''} · ${format(totals[at] ?? 0)}`}
        </li>
        {series.map(({ key, name, values }, index) => (
          <li key={key} className={styles.entry}>
            <span className={classes(styles.swatch, styles[`s${index}`])} />
            <span className={styles.name} title={name}>
              {name}
            </span>
            <span className={styles.value}>
              {format(at === null ? sum(values) : (values[at] ?? 0))}
            </span>
          </li>
        ))}
      </ul>
      <HiddenTable caption={caption} labels={labels} series={series} format={format} />
    </figure>
  )
}

/** The bar below or above the pointer. */
function barAt(event: PointerEvent<SVGSVGElement>, count: number): number {
  const { left, width } = event.currentTarget.getBoundingClientRect()
  const place = Math.floor(((event.clientX - left) / width) * count)
  return Math.min(count - 1, Math.max(0, place))
}

function sum(values: readonly number[]): number {
  return values.reduce((left, right) => left + right, 0)
}

function HiddenTable({ caption, labels, series, format }: StackedBarsProps) {
  return (
    // A table does not shrink, so what hides it is around it.
    <div className="visually-hidden">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <td>{/* the corner */}</td>
            {series.map(({ key, name }) => (
              <th key={key} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, bar) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {series.map(({ key, values }) => (
                <td key={key}>{format(values[bar] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
