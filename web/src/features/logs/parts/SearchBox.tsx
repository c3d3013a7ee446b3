import { useEffect, useEffectEvent, useId, type RefObject } from 'react'
import { useT } from '../../../i18n/i18n'
import { Icon } from '../../../ui/icons'
import { useDraft } from '../useDraft'
import styles from './Filters.module.css'

const PAUSE_MS = 300

type SearchBoxProps = {
  input: RefObject<HTMLInputElement | null>
  value: string | undefined
  onChange: (value: string | undefined) => void
}

/** A text to look for: takes effect after a pause, or at once with Enter. */
export function SearchBox({ input, value, onChange }: SearchBoxProps) {
  const t = useT('logs')
  const id = useId()
  const { text, setText, commit } = useDraft(value, onChange)
  const commitLatest = useEffectEvent(commit)
  useEffect(() => {
    const timer = setTimeout(() => commitLatest(text), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])

  return (
    <div className={styles.search}>
      <label htmlFor={id} className="visually-hidden">
        {t('searchLabel')}
      </label>
      <Icon name="search" />
      <input
        ref={input}
        id={id}
        type="search"
        maxLength={200}
        placeholder={t('searchHint')}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
      />
      <kbd className={styles.hotkey} aria-hidden="true">
        /
      </kbd>
    </div>
  )
}
