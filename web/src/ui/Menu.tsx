import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { classes } from './classes'
import { Icon, type IconName } from './icons'
import styles from './Menu.module.css'

export type MenuItem = {
  key: string
  label: string
  icon?: IconName
  /** Whether it is the chosen one, where the items are a choice. */
  checked?: boolean
  onSelect: () => void
}

type MenuProps = {
  /** What the button says to screen readers; `children` is what it shows. */
  label: string
  children: ReactNode
  items: readonly MenuItem[]
  align?: 'start' | 'end'
  className?: string | undefined
}

/** A button that opens a list of actions or of choices. */
export function Menu({ label, children, items, align = 'start', className }: MenuProps) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLDivElement>(null)

  function onBeforeToggle() {
    // Its size is known only once it is open, one frame before `toggle` is heard.
    if (list.current) list.current.style.visibility = 'hidden'
  }

  function onToggle(isOpen: boolean) {
    const element = list.current
    button.current?.setAttribute('aria-expanded', String(isOpen))
    if (!isOpen || !element || !button.current) return
    const place = button.current.getBoundingClientRect()
    const left = align === 'start' ? place.left : place.right - element.offsetWidth
    const top = place.bottom + 4
    const below = top + element.offsetHeight <= innerHeight
    element.style.left = `${Math.max(8, Math.min(left, innerWidth - element.offsetWidth - 8))}px`
    element.style.top = `${below ? top : Math.max(8, place.top - element.offsetHeight - 4)}px`
    element.style.visibility = ''
    const entries = entriesOf(element)
    ;(entries.find((entry) => entry.getAttribute('aria-checked') === 'true') ?? entries[0])?.focus()
  }

  function onKeyDown(event: KeyboardEvent) {
    const element = list.current
    if (!element) return
    if (event.key === 'Tab') element.hidePopover()
    const entries = entriesOf(element)
    const at = entries.indexOf(document.activeElement as HTMLElement)
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    entries.at(next % entries.length)?.focus()
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-haspopup="menu"
        aria-expanded="false"
        aria-label={label}
        title={label}
        className={classes(styles.button, className)}
      >
        {children}
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        className={styles.menu}
        onBeforeToggle={onBeforeToggle}
        onToggle={(event) => onToggle(event.newState === 'open')}
        onKeyDown={onKeyDown}
      >
        {items.map(({ key, label: text, icon, checked, onSelect }) => (
          <button
            key={key}
            type="button"
            role={checked === undefined ? 'menuitem' : 'menuitemradio'}
            aria-checked={checked}
            tabIndex={-1}
            className={styles.item}
            onClick={() => {
              list.current?.hidePopover()
              onSelect()
            }}
          >
            {icon && <Icon name={icon} />}
            <span className={styles.text}>{text}</span>
            {checked && <Icon name="check" />}
          </button>
        ))}
      </div>
    </>
  )
}

function entriesOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('[role^=menuitem]')]
}
