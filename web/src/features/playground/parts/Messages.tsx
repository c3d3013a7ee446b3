import { useT } from '../../../i18n/i18n'
import { Button } from '../../../ui/Button'
import { EmptyState } from '../../../ui/EmptyState'
import type { Turn } from '../answer'
import styles from '../Playground.module.css'
import { useEndInSight } from '../useEndInSight'
import { AnswerView } from './AnswerView'

type MessagesProps = {
  turns: readonly Turn[]
  assured: boolean
  streamed: boolean
  /** Asks for the latest answer once more; undefined while that cannot be done. */
  onAgain: (() => void) | undefined
  onStart: (text: string) => void
}

/** What was said. */
export function Messages({ turns, assured, streamed, onAgain, onStart }: MessagesProps) {
  const t = useT('playground')
  const list = useEndInSight(turns)
  const last = turns.at(-1)
  if (!last)
    return (
      <div className={styles.messages} data-empty>
        <EmptyState
          icon="playground"
          title={t('emptyTitle')}
          action={[t('starter1'), t('starter2'), t('starter3')].map((text) => (
            <Button key={text} size="small" onClick={() => onStart(text)}>
              {text}
            </Button>
          ))}
        >
          {t('emptyText')}
        </EmptyState>
      </div>
    )
  return (
    // Whoever has only a keyboard scrolls it too.
    <div
      ref={list}
      className={styles.messages}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={t('conversation')}
    >
      <ol className={styles.turns}>
        {turns.map((turn) => (
          <li key={turn.id} className={styles.turn}>
            <div className={styles.prompt}>
              <span className="visually-hidden">{t('you')}: </span>
              {turn.prompt}
            </div>
            <AnswerView
              turn={turn}
              waiting={assured || !streamed ? t('waitingWhole') : t('waiting')}
              onAgain={turn === last ? onAgain : undefined}
            />
          </li>
        ))}
      </ol>
      <p role="status" className="visually-hidden">
        {last.answer.state === 'done' && t('finished')}
        {last.answer.state === 'stopped' && t('stopped')}
      </p>
    </div>
  )
}
