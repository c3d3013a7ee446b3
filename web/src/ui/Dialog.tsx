import {
  useId,
  useLayoutEffect,
  useRef,
  type FormEvent,
  type MouseEvent,
  type ReactNode,
} from 'react'
import { useT } from '../i18n/i18n'
import { IconButton } from './Button'
import { classes } from './classes'
import styles from './Dialog.module.css'

type DialogProps = {
  title: string
  lead?: ReactNode
  onClose: () => void
  size?: 'normal' | 'wide'
  /** Whether Esc and, until a form in it has been touched, a click beside it close it; false where something would be lost. */
  dismissible?: boolean
  children: ReactNode
}

/** A modal dialog for as long as it is rendered; the focus goes back to where it was. */
export function Dialog({
  title,
  lead,
  onClose,
  size = 'normal',
  dismissible = true,
  children,
}: DialogProps) {
  const t = useT('common')
  const id = useId()
  const dialog = useModal()
  const isFilled = useRef(false)

  function onMouseDown(event: MouseEvent) {
    if (dismissible && !isFilled.current && event.target === event.currentTarget) onClose()
  }

  function onInput({ target }: FormEvent) {
    if (target instanceof Element && target.closest('form')) isFilled.current = true
  }

  return (
    // The mouse only adds to Esc and to the button.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={dialog}
      // Where it must not be dismissed, the browser shall not do so either, however often Esc is pressed.
      {...(dismissible ? {} : { closedby: 'none' })}
      aria-labelledby={id}
      className={classes(styles.dialog, styles[size])}
      onCancel={(event) => {
        event.preventDefault()
        if (dismissible) onClose()
      }}
      onMouseDown={onMouseDown}
      onInput={onInput}
    >
      <div className={styles.content}>
        <div className={styles.header}>
          <h2 id={id}>{title}</h2>
          {dismissible && (
            <IconButton icon="close" label={t('close')} size="small" onClick={onClose} />
          )}
        </div>
        {lead && <p className={styles.lead}>{lead}</p>}
        {children}
      </div>
    </dialog>
  )
}

// A browser would begin at the button that closes the dialog.
const FIRST = 'input, select, textarea, [data-first]'

/** Opens the dialog that gets the ref, over the rest of the page, and goes to its first field. */
export function useModal() {
  const dialog = useRef<HTMLDialogElement>(null)
  // Not useEffect: its cleanup comes after the dialog has left the page, too late to give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    element?.querySelector<HTMLElement>(FIRST)?.focus()
    return () => element?.close()
  }, [])
  return dialog
}
