import { useT } from '../../../i18n/i18n'
import { Button } from '../../../ui/Button'
import { CopyButton } from '../../../ui/CopyButton'
import type { Turn } from '../answer'
import styles from '../Playground.module.css'
import { Facts } from './Facts'
import { FailureNotice } from './FailureNotice'

type AnswerViewProps = {
  turn: Turn
  /** What to say until the first word is there. */
  waiting: string
  onAgain: (() => void) | undefined
}

/** An answer, how it went, and what it took. */
export function AnswerView({ turn: { model, answer }, waiting, onAgain }: AnswerViewProps) {
  const t = useT('playground')
  const { state, text, reasoning, failure, finishReason } = answer
  const isOver = state !== 'waiting' && state !== 'coming'
  return (
    <article className={styles.answer} aria-label={t('answerOf', { model })} aria-busy={!isOver}>
      {reasoning && (
        <details className={styles.reasoning}>
          <summary>{t('reasoning')}</summary>
          <p className={styles.text}>{reasoning}</p>
        </details>
      )}
      {text && (
        <p className={styles.text} data-coming={!isOver || undefined}>
          {text}
        </p>
      )}
      {!isOver && !text && <p className={styles.waiting}>{waiting}</p>}
      {state === 'done' && !text && <p className={styles.aside}>{t('noText')}</p>}
      {state === 'stopped' && <p className={styles.aside}>{t('stopped')}</p>}
      {finishReason === 'length' && <p className={styles.aside}>{t('cutOff')}</p>}
      {finishReason === 'content_filter' && <p className={styles.aside}>{t('filtered')}</p>}
      {failure && <FailureNotice failure={failure} />}
      {isOver && (
        <footer className={styles.footer}>
          <Facts answer={answer} />
          <span className={styles.footerActions}>
            {text && <CopyButton text={text} variant="quiet" />}
            {onAgain && (
              <Button variant="quiet" size="small" icon="refresh" onClick={onAgain}>
                {t('sendAgain')}
              </Button>
            )}
          </span>
        </footer>
      )}
    </article>
  )
}
