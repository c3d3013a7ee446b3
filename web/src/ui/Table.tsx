import type { ReactNode } from 'react'
import { classes } from './classes'
import styles from './Table.module.css'

export type Column<Row> = {
  key: string
  header: ReactNode
  cell: (row: Row) => ReactNode
  align?: 'end'
  /** From which width of the table on it is there; the first column always is. */
  from?: 'tablet' | 'desktop'
}

type TableProps<Row> = {
  /** What the table shows; for screen readers. */
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  /** The old rows stay while new ones are on their way. */
  busy?: boolean
  selected?: string | null
  /** For rows that are dimmed, such as revoked ones. */
  isMuted?: (row: Row) => boolean
  footer?: ReactNode
}

/**
 * A table. Where a row can be opened, give the link or button of its first cell `className={openRow}`:
 * the whole row takes its clicks.
 */
export function Table<Row>({
  caption,
  columns,
  rows,
  rowKey,
  busy = false,
  selected,
  isMuted,
  footer,
}: TableProps<Row>) {
  return (
    // Whoever has only a keyboard scrolls it too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} role="region" aria-label={caption} tabIndex={0}>
      <table className={styles.table} aria-busy={busy}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={look(column)}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = rowKey(row)
            return (
              <tr
                key={key}
                data-key={key}
                data-selected={key === selected || undefined}
                data-muted={isMuted?.(row) || undefined}
              >
                {columns.map((column) => (
                  <td key={column.key} className={look(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
        {footer && <tfoot>{footer}</tfoot>}
      </table>
    </div>
  )
}

/** The class of the link or button that opens its row. */
export const openRow = styles.open

/** The class of a line of the first cells that says what phones have no columns for. */
export const phoneLine = styles.phone

function look<Row>({ align, from }: Column<Row>) {
  return classes(align === 'end' && styles.end, from && styles[from])
}
