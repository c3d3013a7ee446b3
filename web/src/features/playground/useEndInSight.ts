import { useEffect, useRef, type RefObject } from 'react'

const NEAR_PX = 80

/** Keeps the end of what grows in sight, unless the user has scrolled away from it. For the element's ref. */
export function useEndInSight(content: unknown): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null)
  const follows = useRef(true)

  useEffect(() => {
    function onScroll() {
      const scroller = scrollerOf(element.current)
      follows.current = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX
    }
    // Scroll events of elements do not bubble.
    document.addEventListener('scroll', onScroll, { capture: true, passive: true })
    return () => document.removeEventListener('scroll', onScroll, { capture: true })
  }, [])

  useEffect(() => {
    if (!element.current || !follows.current) return
    const scroller = scrollerOf(element.current)
    scroller.scrollTop = scroller.scrollHeight
    // Where the content has changed, though nothing of it is needed here.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [content])

  return element
}

/** The list itself where it scrolls, which it does where there is room for it; else the page. */
function scrollerOf(element: HTMLElement | null): Element {
  const page = document.scrollingElement ?? document.documentElement
  return element && getComputedStyle(element).overflowY === 'auto' ? element : page
}
