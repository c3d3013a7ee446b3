import { useId, useState, type PointerEvent } from 'react'
import { classes } from './classes'
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

/** Stacked bars with a legend; what the pointer is over is said in the legend. A hidden table says it all. */
export function StackedBars({ caption, labels, series, format, height = 200 }: StackedBarsProps) {
  const id = useId()
  const [at, setAt] = useState<number | null>(null)
  const totals = labels.map((_, bar) =>
    series.reduce((sum, { values }) => sum + (values[bar] ?? 0), 0),
  )
  const highest = Math.max(...totals, Number.MIN_VALUE)
  const step = WIDTH / Math.max(labels.length, 1)

  function onPointerMove(event: PointerEvent<SVGSVGElement>) {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    setAt(
      Math.min(
        labels.length - 1,
        Math.max(0, Math.floor(((event.clientX - left) / width) * labels.length)),
      ),
    )
  }

  return (
    <figure className={styles.chart}>
      <div className={styles.scale} aria-hidden="true">
        <span>{format(highest === Number.MIN_VALUE ? 0 : highest)}</span>
      </div>
      <svg
        role="img"
        aria-labelledby={id}
        viewBox={`0 0 ${WIDTH} ${height}`}
        preserveAspectRatio="none"
        height={height}
        className={styles.plot}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setAt(null)}
      >
        <title id={id}>{caption}</title>
        {at !== null && (
          <rect x={at * step} width={step} height={height} className={styles.hover} />
        )}
        {labels.map((label, bar) => {
          let top = height
          return series.map(({ key, values }, index) => {
            const size = ((values[bar] ?? 0) / highest) * (height - 2)
            top -= size
            return (
              size > 0 && (
                <rect
                  key={label + key}
                  x={bar * step + step * 0.14}
                  y={top}
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
        <span>{labels[0]}</span>
        <span>{labels.length > 1 && labels.at(-1)}</span>
      </div>
      <ul className={styles.legend} aria-hidden="true">
        <li className={styles.when}>
          {at !== null && `${labels[at] ?? ''} · ${format(totals[at] ?? 0)}`}
        </li>
        {series.map(({ key, name, values }, index) => (
          <li key={key} className={styles.entry}>
            <span className={classes(styles.swatch, styles[`s${index}`])} />
            {name}
            {at !== null && <span className={styles.value}>{format(values[at] ?? 0)}</span>}
          </li>
        ))}
      </ul>
      <HiddenTable caption={caption} labels={labels} series={series} format={format} />
    </figure>
  )
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
