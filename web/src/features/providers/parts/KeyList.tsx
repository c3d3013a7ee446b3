import { useEffect, useState } from 'react'
import type { ProviderKeysQuery } from '../../../gql/providers'
import { useT } from '../../../i18n/i18n'
import { useToast } from '../../../ui/Toast'
import { arranged, moved } from '../order'
import { statusOf } from '../status'
import type { Provider, ProviderKey, Test } from '../types'
import { useDrag } from '../useDrag'
import { useOrder } from '../useOrder'
import type { RunTest } from '../useTests'
import { KeyRow } from './KeyRow'
import styles from './KeyList.module.css'

type KeyListProps = {
  workspace: NonNullable<ProviderKeysQuery['workspace']>
  providers: readonly Provider[]
  tests: Readonly<Record<string, Test>>
  test: RunTest
  refetch: () => Promise<unknown>
  onEdit: (key: ProviderKey) => void
  onDelete: (key: ProviderKey) => void
}

/** The keys in the order of trying, which can be changed by dragging and by buttons. */
export function KeyList({
  workspace,
  providers,
  tests,
  test,
  refetch,
  onEdit,
  onDelete,
}: KeyListProps) {
  const t = useT('providers')
  const toast = useToast()
  const { ordered, save } = useOrder(workspace.id, workspace.providerKeys, refetch)
  const ids = ordered.map(({ id }) => id)
  const [announcement, announce] = useState('')
  const [pressed, press] = useState<{ button: HTMLElement } | null>(null)
  const { list, drag, start } = useDrag(ids, (next, id) => void keep(next, id))
  const shown = arranged(ordered, drag?.ids ?? null)

  // A row that moves down leaves the document for a moment, and its button loses the focus.
  useEffect(() => pressed?.button.focus(), [pressed])

  async function keep(next: readonly string[], id: string) {
    const label = ordered.find((key) => key.id === id)?.label
    if (label) announce(t('movedTo', { label, place: next.indexOf(id) + 1, count: next.length }))
    if (await save(next)) return
    announce('')
    toast(t('moveFailed'), 'bad')
  }

  function step(id: string, by: number, button: HTMLElement) {
    const from = ids.indexOf(id)
    const to = from + by
    if (to < 0 || to >= ids.length) return
    press({ button })
    void keep(moved(ids, from, to), id)
  }

  async function runTest(id: string) {
    if (!(await test(id))) toast(t('testBroken'), 'bad')
  }

  return (
    <>
      <ol ref={list} className={styles.list} data-dragging={drag ? true : undefined}>
        {shown.map((key, at) => {
          const provider = providers.find(({ name }) => name === key.provider)
          return (
            <KeyRow
              key={key.id}
              providerKey={key}
              provider={provider}
              place={at + 1}
              count={shown.length}
              status={statusOf(key, tests[key.id])}
              test={tests[key.id]}
              isDragged={drag?.id === key.id}
              onGrip={(event) => start(event, key.id)}
              onMove={(by, button) => step(key.id, by, button)}
              onTest={() => void runTest(key.id)}
              onEdit={() => onEdit(key)}
              onDelete={() => onDelete(key)}
            />
          )
        })}
      </ol>
      <p role="status" className="visually-hidden">
        {announcement}
      </p>
    </>
  )
}
