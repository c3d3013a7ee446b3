import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import {
  CreateSendingKeyDocument,
  type ArrivedFragment,
  type FirstRunQuery,
} from '../../../gql/onboarding'
import { useT } from '../../../i18n/i18n'
import type { SetupSteps } from '../../../lib/setup'
import { useAction } from '../../../lib/useAction'
import { Button } from '../../../ui/Button'
import { describe } from '../../../ui/Form'
import { Notice } from '../../../ui/Notice'
import styles from '../Onboarding.module.css'
import { send, type Sent } from '../send'
import { Arrived } from './Arrived'
import { Step } from './Step'

type RequestStepProps = {
  workspaceId: string
  ready: SetupSteps
  model: string
  freshKey: string | null
  arrived: ArrivedFragment | null
  providers: FirstRunQuery['providers']
}

/** Waits for the first request, or sends it. */
export function RequestStep({
  workspaceId,
  ready,
  model,
  freshKey,
  arrived,
  providers,
}: RequestStepProps) {
  const t = useT('onboarding')
  const common = useT('common')
  const { run, problems } = useAction(CreateSendingKeyDocument)
  const [busy, setBusy] = useState(false)
  const [sent, setSent] = useState<Sent | null>(null)
  // For who has no key in memory any more: good for an hour, and kept nowhere else.
  const ownKey = useRef<string | null>(null)

  async function sendIt() {
    setBusy(true)
    setSent(null)
    const key =
      freshKey ??
      (ownKey.current ??= (await run({ workspaceId }))?.createPlaygroundKey?.secret ?? null)
    if (key) setSent(await send(key, model, t('prompt')))
    setBusy(false)
  }

  return (
    <Step number={4} title={t(arrived ? 'requestDone' : 'request')} done={arrived !== null}>
      <div role="status" className={styles.live}>
        {arrived && <Arrived row={arrived} workspaceId={workspaceId} providers={providers} />}
        {!arrived && ready.provider && (
          <p className={styles.waiting}>
            <span className={styles.pulse} aria-hidden="true" />
            {t('waiting')}
          </p>
        )}
        {!arrived && !ready.provider && <p className={styles.hint}>{t('notReady')}</p>}
      </div>
      {sent?.ok && <blockquote className={styles.answer}>{sent.text}</blockquote>}
      {sent && !sent.ok && (
        <Notice tone="bad" title={t('sendFailed')}>
          {sent.message || common('errorNetwork')}
        </Notice>
      )}
      {problems[0] && <Notice tone="bad">{describe(problems[0], common)}</Notice>}
      {ready.provider && !model && <p className={styles.hint}>{t('noModel')}</p>}
      {ready.provider && (
        <div className={styles.actions}>
          <Button
            variant={arrived ? 'secondary' : 'primary'}
            icon="play"
            busy={busy}
            disabled={!model}
            onClick={() => void sendIt()}
          >
            {t(arrived ? 'sendAnother' : 'sendForMe')}
          </Button>
          {arrived && (
            <Link to="/w/$workspaceId/playground" params={{ workspaceId }} className={styles.more}>
              {t('toPlayground')}
            </Link>
          )}
        </div>
      )}
    </Step>
  )
}
