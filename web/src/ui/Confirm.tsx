import { useState, type ReactNode } from 'react'
import { useT } from '../i18n/i18n'
import type { Problem } from '../lib/errors'
import { Button } from './Button'
import { Dialog } from './Dialog'
import { TextField } from './Field'
import { Actions, Form } from './Form'

type ConfirmProps = {
  title: string
  lead: ReactNode
  /** What the button says: the deed, as in "Delete key". */
  action: string
  busy?: boolean
  /** Why it was not done. */
  problems?: readonly Problem[]
  /** The text that has to be typed first, and the label that asks for it. */
  typed?: { text: string; label: string }
  onConfirm: () => void
  onClose: () => void
}

/** Asks before something that cannot be undone. */
export function Confirm({
  title,
  lead,
  action,
  busy = false,
  problems,
  typed,
  onConfirm,
  onClose,
}: ConfirmProps) {
  const t = useT('common')
  const [text, setText] = useState('')
  return (
    <Dialog title={title} lead={lead} onClose={onClose}>
      <Form onSubmit={onConfirm} problems={problems}>
        {typed && (
          <TextField
            name="typed"
            label={typed.label}
            value={text}
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
          />
        )}
        <Actions>
          <Button
            type="submit"
            variant="danger"
            busy={busy}
            disabled={typed !== undefined && text !== typed.text}
          >
            {action}
          </Button>
          <Button data-first onClick={onClose}>
            {t('cancel')}
          </Button>
        </Actions>
      </Form>
    </Dialog>
  )
}
