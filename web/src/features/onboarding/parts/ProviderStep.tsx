import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import {
  AddSimulatedProviderKeyDocument,
  TestProviderKeyDocument,
  type FirstRunQuery,
} from '../../../gql/onboarding'
import { useT } from '../../../i18n/i18n'
import { useAction } from '../../../lib/useAction'
import { Button } from '../../../ui/Button'
import { describe } from '../../../ui/Form'
import { Notice } from '../../../ui/Notice'
import styles from '../Onboarding.module.css'
import { ProviderForm } from './ProviderForm'
import { ProviderFacts, type Tested } from './ProviderFacts'
import { Step } from './Step'

type ProviderStepProps = {
  workspaceId: string
  providerKeys: NonNullable<FirstRunQuery['workspace']>['providerKeys']
  providers: FirstRunQuery['providers']
  simulatedOffered: boolean
}

/** Adds a provider key, and finds out at once whether it works. */
export function ProviderStep({
  workspaceId,
  providerKeys,
  providers,
  simulatedOffered,
}: ProviderStepProps) {
  const t = useT('onboarding')
  const common = useT('common')
  const simulate = useAction(AddSimulatedProviderKeyDocument)
  const test = useAction(TestProviderKeyDocument)
  const [tested, setTested] = useState<Tested | null>(null)
  // The form stays until its key works, although that is stored already.
  const [isAdding, setAdding] = useState(false)
  const isShown = isAdding || providerKeys.length === 0
  const done = !isShown && providerKeys.some(({ enabled }) => enabled)

  async function check(id: string) {
    const outcome = (await test.run({ id }))?.testProviderKey
    if (outcome) setTested({ id, ...outcome })
    return outcome ?? null
  }

  async function addSimulated() {
    const added = (await simulate.run({ workspaceId }))?.addSimulatedProviderKey
    if (added) await check(added.id)
    if (added) setAdding(false)
  }

  return (
    <Step
      number={1}
      title={t(done ? 'providerDone' : 'provider')}
      lead={isShown ? t('providerLead') : undefined}
      done={done}
    >
      {isShown && (
        <>
          <ProviderForm
            workspaceId={workspaceId}
            providers={providers}
            check={check}
            onBegin={() => setAdding(true)}
            onAdded={() => setAdding(false)}
            onCancel={providerKeys.length ? () => setAdding(false) : undefined}
          />
          {simulatedOffered && (
            <div className={styles.simulated}>
              <p className={styles.hint}>{t('simulatedLead')}</p>
              <Button icon="bolt" busy={simulate.busy} onClick={() => void addSimulated()}>
                {t('useSimulated')}
              </Button>
            </div>
          )}
          {simulate.problems[0] && (
            <Notice tone="bad">{describe(simulate.problems[0], common)}</Notice>
          )}
        </>
      )}
      {!isShown && (
        <>
          <ProviderFacts
            providerKeys={providerKeys}
            providers={providers}
            tested={tested}
            busy={test.busy}
            onTest={(id) => void check(id)}
          />
          <div className={styles.actions}>
            <Button icon="plus" onClick={() => setAdding(true)}>
              {t('addAnother')}
            </Button>
            <Link to="/w/$workspaceId/providers" params={{ workspaceId }} className={styles.more}>
              {t('manageProviders')}
            </Link>
          </div>
        </>
      )}
      {test.problems[0] && <Notice tone="bad">{describe(test.problems[0], common)}</Notice>}
    </Step>
  )
}
