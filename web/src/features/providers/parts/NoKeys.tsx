import type { ReactNode } from 'react'
import { AddSimulatedDocument } from '../../../gql/providers'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { useWorkspace } from '../../../lib/session'
import { useAction } from '../../../lib/useAction'
import { Button } from '../../../ui/Button'
import { EmptyState } from '../../../ui/EmptyState'
import { describe } from '../../../ui/Form'
import { useToast } from '../../../ui/Toast'
import styles from '../Providers.module.css'
import type { RunTest } from '../useTests'

type NoKeysProps = { isSimulatedOffered: boolean; test: RunTest; add: ReactNode }

/** The list before there is a key, and the two ways to the first one. */
export function NoKeys({ isSimulatedOffered, test, add }: NoKeysProps) {
  const t = useT('providers')
  const common = useT('common')
  const format = useFormat()
  const toast = useToast()
  const { id: workspaceId } = useWorkspace()
  const { run, busy, problems } = useAction(AddSimulatedDocument)

  async function addSimulated() {
    const key = (await run({ workspaceId }))?.addSimulatedProviderKey
    if (!key) return
    const outcome = await test(key.id)
    if (outcome?.ok)
      toast(t('storedWorks', { label: key.label, time: format.duration(outcome.durationMs) }))
  }

  const simulated = isSimulatedOffered && (
    <Button busy={busy} icon="bolt" onClick={() => void addSimulated()}>
      {t('addSimulated')}
    </Button>
  )
  return (
    <EmptyState
      icon="providers"
      title={t('emptyTitle')}
      action={
        <>
          {add}
          {simulated}
        </>
      }
    >
      <p>{t('emptyText')}</p>
      {isSimulatedOffered && <p>{t('emptySimulated')}</p>}
      {problems.map((problem) => (
        <p key={problem.message} role="alert" className={styles.bad}>
          {describe(problem, common)}
        </p>
      ))}
    </EmptyState>
  )
}
