import { useEffect, useRef, useState, type PointerEvent } from 'react'
import { moved } from './order'

type Drag = { id: string; ids: readonly string[] }

/**
 * Dragging the rows of a list by a handle, with mouse, pen or finger; Esc drops nothing.
 * The list's element gets the ref, and each row `data-id`. While it lasts, `drag` has the order to show.
 */
export function useDrag(
  ids: readonly string[],
  onDrop: (ids: readonly string[], id: string) => void,
) {
  const list = useRef<HTMLOListElement>(null)
  const listeners = useRef<AbortController>(null)
  const [drag, setDrag] = useState<Drag | null>(null)
  useEffect(() => () => listeners.current?.abort(), [])

  function start(event: PointerEvent, id: string) {
    if (event.button !== 0) return
    // Else the text around would be selected.
    event.preventDefault()
    let order = ids
    setDrag({ id, ids })
    // At the window: the handle leaves the document for a moment whenever its row moves.
    const controller = new AbortController()
    const { signal } = controller
    listeners.current = controller

    function follow({ clientY }: { clientY: number }) {
      const rows = [...(list.current?.children ?? [])] as HTMLElement[]
      const others = rows.filter((row) => row.dataset['id'] !== id)
      const to = others.filter((row) => middleOf(row) < clientY).length
      if (order.indexOf(id) === to) return
      order = moved(order, order.indexOf(id), to)
      setDrag({ id, ids: order })
    }

    function end(isKept: boolean) {
      controller.abort()
      setDrag(null)
      if (isKept && order !== ids && order.join() !== ids.join()) onDrop(order, id)
    }

    addEventListener('pointermove', follow, { signal })
    addEventListener('pointerup', () => end(true), { signal })
    addEventListener('pointercancel', () => end(false), { signal })
    addEventListener('keydown', ({ key }) => key === 'Escape' && end(false), { signal })
  }

  return { list, drag, start }
}

function middleOf(row: HTMLElement): number {
  const { top, height } = row.getBoundingClientRect()
  return top + height / 2
}
