import { useEffect, useId, useRef, type ReactNode } from 'react'
import { useT } from '../i18n/i18n'
import { IconButton } from './Button'
import styles from './Drawer.module.css'

type DrawerProps = {
  title: ReactNode
  actions?: ReactNode
  onClose: () => void
  children: ReactNode
}

/**
 * A panel at the right that leaves the page usable; Esc closes it.
 * Its heading takes the focus when it opens; `key` it to do so again for another row.
 */
export function Drawer({ title, actions, onClose, children }: DrawerProps) {
  const t = useT('common')
  const id = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })
  useEffect(() => {
    const before = document.activeElement
    heading.current?.focus({ preventScroll: true })
    function onKeyDown(event: KeyboardEvent) {
      if (
        event.key !== 'Escape' ||
        event.defaultPrevented ||
        document.querySelector('dialog:modal, :popover-open')
      )
        return
      close.current()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => {
      document.removeEventListener('keydown', onKeyDown)
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])

  return (
    <aside className={styles.drawer} aria-labelledby={id}>
      <header className={styles.header}>
        <h2 id={id} ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h2>
        {actions}
        <IconButton icon="close" label={t('close')} onClick={onClose} />
      </header>
      <div className={styles.body}>{children}</div>
    </aside>
  )
}
