import { useT } from '../../../i18n/i18n'
import { setupSteps, useSetupDismissed, type SetupFacts } from '../../../lib/setup'
import { Button, LinkButton } from '../../../ui/Button'
import { Icon } from '../../../ui/icons'
import { Panel } from '../../../ui/Page'
import styles from '../Overview.module.css'

/** The checklist of the first run, until it is done or dismissed. */
export function Setup({ workspaceId, facts }: { workspaceId: string; facts: SetupFacts }) {
  const t = useT('overview')
  const common = useT('common')
  const [dismissed, dismiss] = useSetupDismissed(workspaceId)
  const done = setupSteps(facts)
  const steps = [
    { key: 'provider', text: t('stepProvider'), done: done.provider },
    { key: 'key', text: t('stepKey'), done: done.key },
    { key: 'request', text: t('stepRequest'), done: done.request },
  ]
  const count = steps.filter((step) => step.done).length
  if (dismissed || count === steps.length) return null
  return (
    <Panel
      title={t('setup')}
      lead={t('setupLead', { done: count, all: steps.length })}
      actions={
        <>
          <Button variant="quiet" onClick={dismiss}>
            {common('dismiss')}
          </Button>
          <LinkButton to="/w/$workspaceId/start" params={{ workspaceId }} variant="primary">
            {count ? t('goOn') : t('begin')}
          </LinkButton>
        </>
      }
    >
      <ol className={styles.steps}>
        {steps.map((step, index) => (
          <li key={step.key} className={styles.step} data-done={step.done || undefined}>
            <span className={styles.mark} aria-hidden="true">
              {step.done ? <Icon name="check" size={14} /> : index + 1}
            </span>
            <span>
              {step.text}
              {step.done && <span className="visually-hidden"> ({t('done')})</span>}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
