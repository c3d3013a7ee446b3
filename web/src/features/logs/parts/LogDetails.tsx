import type { ReactNode } from 'react'
import type { LogDetailFragment } from '../../../gql/logs'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { CopyButton } from '../../../ui/CopyButton'
import { OutcomeBadge } from '../../../ui/OutcomeBadge'
import { useLabels } from '../labels'
import styles from './LogDetails.module.css'
import { Flags } from './Flags'
import { Only } from './Only'
import { Waterfall } from './Waterfall'

/** Everything that is known of a request. */
export function LogDetails({ log }: { log: LogDetailFragment }) {
  const t = useT('logs')
  return (
    <div className={styles.details}>
      <Summary log={log} />
      {log.errorMessage !== null && (
        <Section title={t('error')}>
          <div className={styles.error}>
            {log.errorCode && <code className={styles.code}>{log.errorCode}</code>}
            <p>{log.errorMessage}</p>
          </div>
        </Section>
      )}
      <Section title={t('attempts', { count: log.attempts.length })}>
        <Waterfall log={log} />
      </Section>
      <Tokens log={log} />
      {log.notes.length > 0 && (
        <Section title={t('notes')}>
          <ul className={styles.notes}>
            {log.notes.map((note) => (
              <li key={note}>
                <code>{note}</code>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={t('ids')}>
        <dl className={styles.ids}>
          <Id label={t('requestId')} id={log.id} />
          <Id label={t('keyId')} id={log.apiKeyId} />
        </dl>
      </Section>
    </div>
  )
}

function Summary({ log }: { log: LogDetailFragment }) {
  const t = useT('logs')
  const format = useFormat()
  const labels = useLabels()
  return (
    <section className={styles.summary} aria-label={t('summary')}>
      <p className={styles.status}>
        <OutcomeBadge code={log.statusCode} />
        <Flags row={log} />
      </p>
      <dl className={styles.facts}>
        <Fact label={t('time')}>
          <time dateTime={log.createdAt}>{format.moment(log.createdAt)}</time>
        </Fact>
        {log.requestedModel !== log.model && (
          <Fact label={t('requestedModel')}>
            <code>{log.requestedModel}</code>
          </Fact>
        )}
        <Fact label={log.providerUsed ? t('usedModel') : t('requestedModel')}>
          <code>{log.model || '–'}</code>
          {log.model && <Only change={{ model: log.model }}>{t('onlyModel')}</Only>}
        </Fact>
        <Fact label={t('provider')}>
          {log.providerUsed ? labels.provider(log.providerUsed) : t('nobody')}
          {log.providerUsed && (
            <Only change={{ provider: log.providerUsed }}>{t('onlyProvider')}</Only>
          )}
        </Fact>
        <Fact label={t('key')}>
          {log.apiKey?.name ?? t('keyDeleted')}
          <Only change={{ key: log.apiKeyId }}>{t('onlyKey')}</Only>
        </Fact>
        <Fact label={t('latency')}>{format.duration(log.durationMs)}</Fact>
        <Fact label={t('firstToken')}>{format.duration(log.timeToFirstTokenMs)}</Fact>
        <Fact label={t('delivery')}>{log.stream ? t('deliveryStream') : t('deliveryPlain')}</Fact>
      </dl>
    </section>
  )
}

function Tokens({ log }: { log: LogDetailFragment }) {
  const t = useT('logs')
  const format = useFormat()
  const speed = outputSpeed(log)
  return (
    <Section title={t('tokens')}>
      <dl className={styles.facts}>
        <Fact label={t('tokensInput')}>
          {format.number(log.inputTokens)}
          {log.cachedInputTokens > 0 && (
            <span className={styles.faint}>
              {t('tokensCached', { amount: log.cachedInputTokens })}
            </span>
          )}
        </Fact>
        <Fact label={t('tokensOutput')}>{format.number(log.outputTokens)}</Fact>
        {log.tokensEstimated && log.inputTokens + log.outputTokens > 0 && (
          <p className={styles.faint}>{t('tokensEstimated')}</p>
        )}
        {speed !== null && (
          <Fact label={t('speed')}>{t('speedValue', { amount: format.number(speed) })}</Fact>
        )}
        <Fact label={t('cost')}>
          {log.costUsd === null ? (
            <span className={styles.faint}>{t('costUnknown')}</span>
          ) : (
            <span title={`US$ ${log.costUsd}`}>{format.money(log.costUsd)}</span>
          )}
        </Fact>
      </dl>
    </Section>
  )
}

/** Tokens a second from the first to the last; null where there is nothing to divide. */
function outputSpeed({ stream, outputTokens, durationMs, timeToFirstTokenMs }: LogDetailFragment) {
  const writingMs = durationMs - (timeToFirstTokenMs ?? durationMs)
  return stream && outputTokens > 1 && writingMs > 0 ? (outputTokens / writingMs) * 1000 : null
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className={styles.title}>{title}</h3>
      {children}
    </section>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Id({ label, id }: { label: string; id: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className={styles.id}>
        <code>{id}</code>
        <CopyButton text={id} variant="quiet" />
      </dd>
    </div>
  )
}
