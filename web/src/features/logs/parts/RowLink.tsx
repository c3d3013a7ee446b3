import type { MouseEvent, ReactNode } from 'react'
import { stringifySearch } from '../../../lib/url'
import { openRow } from '../../../ui/Table'
import type { LogsSearch } from '../search'

type RowLinkProps = {
  id: string
  search: LogsSearch
  label: string
  onOpen: (id: string) => void
  children: ReactNode
}

/** The address of a row, without what each of the router's own links costs: there are hundreds of these. */
export function RowLink({ id, search, label, onOpen, children }: RowLinkProps) {
  function open(event: MouseEvent) {
    // Those open another tab or window.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    onOpen(id)
  }

  return (
    <a
      href={stringifySearch({ ...search, id })}
      className={openRow}
      aria-label={label}
      onClick={open}
    >
      {children}
    </a>
  )
}
