import type { LogDetailFragment } from '../../../gql/logs'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { Badge } from '../../../ui/Badge'
import { useLabels } from '../labels'
import { timelineOf } from '../timeline'
import styles from './Waterfall.module.css'

/** The attempts of a request, one behind the other, and the answer's stream behind them. */
export function Waterfall({ log }: { log: LogDetailFragment }) {
  const t = useT('logs')
  const format = useFormat()
  const labels = useLabels()
  const { attempts, stream, waitingMs } = timelineOf(log)
  if (!attempts.length) return <p className={styles.quiet}>{t('noAttempts')}</p>

  return (
    <>
      <ol className={styles.list}>
        {attempts.map(({ attempt, bar }, index) => {
          const failed = attempt.errorMessage !== null
          return (
            <li key={index}>
              <div className={styles.head}>
                <span className={styles.label}>{attempt.label}</span>
                <Badge tone={failed ? 'bad' : 'ok'}>
                  {attempt.statusCode ?? t(failed ? 'noAnswer' : 'answered')}
                </Badge>
                <span className={styles.time}>{format.duration(attempt.durationMs)}</span>
              </div>
              <p className={styles.model}>
                {labels.provider(attempt.provider)} · <code>{attempt.model}</code>
              </p>
              <div className={styles.track}>
                <span className={styles.bar} data-tone={failed ? 'bad' : 'ok'} style={bar} />
              </div>
              {failed && <p className={styles.error}>{attempt.errorMessage}</p>}
            </li>
          )
        })}
        {stream && (
          <li>
            <div className={styles.head}>
              <span className={styles.label}>{t('streaming')}</span>
              <span className={styles.time}>{format.duration(stream.durationMs)}</span>
            </div>
            <div className={styles.track}>
              <span className={styles.bar} data-tone="stream" style={stream.bar} />
            </div>
          </li>
        )}
      </ol>
      {waitingMs > 0 && (
        <p className={styles.waiting}>
          {t('waiting', {
            waiting: format.duration(waitingMs),
            total: format.duration(log.durationMs),
          })}
        </p>
      )}
    </>
  )
}
