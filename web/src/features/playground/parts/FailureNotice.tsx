import { useT } from '../../../i18n/i18n'
import { describe } from '../../../ui/Form'
import { Notice } from '../../../ui/Notice'
import type { Failure } from '../completion'
import styles from '../Playground.module.css'
import { runs } from '../runs'

/** Why there is no answer: in the provider's own words where it had some. */
export function FailureNotice({ failure }: { failure: Failure }) {
  const t = useT('playground')
  const common = useT('common')
  if (failure.kind === 'interrupted') return <Notice tone="bad">{t('interrupted')}</Notice>
  if (failure.kind === 'problem')
    return (
      <Notice tone="bad" title={t('failed')}>
        {describe(failure.problem, common)}
      </Notice>
    )
  const { status, code, message, attempts } = failure
  const tries = runs(attempts, (attempt) =>
    t('attemptFailed', {
      provider: attempt.provider,
      status: attempt.status === null ? t('noStatus') : String(attempt.status),
      message: attempt.message,
    }),
  )
  const title =
    status === null
      ? t('failedHalfway', { code: code ?? '' })
      : t('failedStatus', { status: String(status), code: code ?? '' })
  return (
    <Notice tone="bad" title={title}>
      {message}
      {attempts.length > 1 && (
        <ol className={styles.failedAttempts}>
          {tries.map(({ text, times }, index) => (
            // Attempts have no name, and never change their place.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index}>
              {text}
              {times > 1 && ` ×${times}`}
            </li>
          ))}
        </ol>
      )}
    </Notice>
  )
}
