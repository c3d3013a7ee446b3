import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { Badge, type Tone } from '../../../ui/Badge'
import { Icon } from '../../../ui/icons'
import type { Status } from '../status'
import type { ProviderKey, Test } from '../types'
import styles from './KeyList.module.css'

const LOOKS = {
  ok: { tone: 'ok', text: 'statusOk' },
  failing: { tone: 'bad', text: 'statusFailing' },
  off: { tone: 'neutral', text: 'statusOff' },
  untried: { tone: 'neutral', text: 'statusUntried' },
} as const satisfies Record<Status, { tone: Tone; text: string }>

/** How a key stands, in a word. */
export function StatusBadge({ status }: { status: Status }) {
  const t = useT('providers')
  const { tone, text } = LOOKS[status]
  return (
    <Badge tone={tone} dot>
      {t(text)}
    </Badge>
  )
}

type KeyStatusProps = {
  providerKey: ProviderKey
  test: Test
}

/** What there is to say about it besides: its last failure, and the outcome of a test. */
export function KeyStatus({ providerKey, test }: KeyStatusProps) {
  const t = useT('providers')
  const format = useFormat()
  const { lastError } = providerKey
  return (
    <div className={styles.status}>
      {lastError && (
        <p className={styles.bad}>
          <span className={styles.when} title={format.moment(lastError.at)}>
            {lastError.statusCode === null
              ? t('lastError', { when: format.ago(lastError.at) })
              : t('lastErrorStatus', {
                  when: format.ago(lastError.at),
                  status: String(lastError.statusCode),
                })}
          </span>
          {lastError.message && <q className={styles.words}>{lastError.message}</q>}
        </p>
      )}
      <div role="status">
        {test === 'running' && <p className={styles.running}>{t('testing')}</p>}
        {typeof test === 'object' && (
          <p className={test.ok ? styles.ok : styles.bad}>
            <Icon name={test.ok ? 'check' : 'alert'} size={14} />
            <span>
              {test.ok
                ? t('testOk', { time: format.duration(test.durationMs) })
                : t('testRefused', { message: test.errorMessage ?? '' })}
            </span>
          </p>
        )}
      </div>
    </div>
  )
}
