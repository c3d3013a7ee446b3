import type { Ref } from 'react'
import { useT } from '../../../i18n/i18n'
import { useHotkeys } from '../../../lib/useHotkeys'
import { Button } from '../../../ui/Button'
import { TextareaField } from '../../../ui/Field'
import styles from '../Playground.module.css'

type ComposerProps = {
  ref: Ref<HTMLTextAreaElement>
  draft: string
  busy: boolean
  /** What has to be mended before anything can be sent. */
  lacks: 'model' | 'parameters' | null
  onWrite: (text: string) => void
  onSend: () => void
  onStop: () => void
}

/** Where a message is written and sent; while the answer comes, the same button stops it. */
export function Composer({ ref, draft, busy, lacks, onWrite, onSend, onStop }: ComposerProps) {
  const t = useT('playground')
  const canSend = !lacks && draft.trim() !== ''
  // From every field of the page.
  useHotkeys({
    'mod+enter': () => {
      if (canSend) onSend()
    },
  })
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault()
        if (busy) onStop()
        else if (canSend) onSend()
      }}
    >
      <TextareaField
        ref={ref}
        name="prompt"
        label={t('prompt')}
        hideLabel
        rows={2}
        placeholder={t('promptPlaceholder')}
        value={draft}
        className={styles.input}
        onChange={(event) => onWrite(event.target.value)}
      />
      <div className={styles.composerEnd}>
        <span className={styles.aside}>
          {lacks
            ? t(lacks === 'model' ? 'needModel' : 'needParameters')
            : t('sendWith', { keys: isMac() ? '⌘ ↵' : 'Ctrl + Enter' })}
        </span>
        <Button
          type="submit"
          variant={busy ? 'secondary' : 'primary'}
          icon={busy ? 'stop' : 'arrow'}
          disabled={!busy && !canSend}
        >
          {busy ? t('stop') : t('send')}
        </Button>
      </div>
    </form>
  )
}

function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent)
}
