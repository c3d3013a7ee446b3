import { useEffect, useRef, useState } from 'react'
import { useClient } from 'urql'
import {
  AddKeyDocument,
  ProviderKeysDocument,
  UpdateKeyDocument,
  type ProviderName,
} from '../../../gql/providers'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { useWorkspace } from '../../../lib/session'
import { useAction } from '../../../lib/useAction'
import { Button } from '../../../ui/Button'
import { Dialog } from '../../../ui/Dialog'
import { Actions, Form } from '../../../ui/Form'
import { Notice } from '../../../ui/Notice'
import { useToast } from '../../../ui/Toast'
import type { Provider, ProviderKey } from '../types'
import type { RunTest } from '../useTests'
import { additionOf, changeOf, explainField } from '../values'
import { KeyFields } from './KeyFields'

type KeyDialogProps = {
  /** The key to edit; null: a new one. */
  edited: ProviderKey | null
  providers: readonly Provider[]
  test: RunTest
  onClose: () => void
}

/**
 * Adds a key or edits one, and tests it at once where there is something to test.
 * A key that its provider refuses is stored all the same; the dialog stays to have it mended.
 */
export function KeyDialog({ edited, providers, test, onClose }: KeyDialogProps) {
  const t = useT('providers')
  const common = useT('common')
  const format = useFormat()
  const toast = useToast()
  const { id: workspaceId } = useWorkspace()
  const client = useClient()
  const add = useAction(AddKeyDocument)
  const update = useAction(UpdateKeyDocument)
  const [stored, setStored] = useState(edited)
  const [name, choose] = useState<ProviderName>(edited?.provider ?? 'OPENAI')
  const [enabled, setEnabled] = useState(edited?.enabled ?? true)
  const [testing, setTesting] = useState(false)
  const [refusal, setRefusal] = useState<{ text: string; count: number } | null>(null)
  const fields = useRef<HTMLDivElement>(null)
  const isOpen = useIsMounted()
  const provider = providers.find((one) => one.name === name)
  const { problems } = stored ? update : add

  // To the field that may be to blame.
  useEffect(() => {
    if (refusal) fields.current?.querySelector<HTMLElement>('[name=apiKey]')?.focus()
  }, [refusal])

  async function submit(values: FormData) {
    if (!provider) return
    const saved = stored
      ? (await update.run({ input: changeOf(values, stored.id, enabled) }))?.updateProviderKey
      : (await add.run({ input: additionOf(values, workspaceId, provider, enabled) }))
          ?.addProviderKey
    if (!saved) return
    // The list has it before the dialog is gone: opened again, it shows what was saved.
    await client.query(ProviderKeysDocument, { workspaceId })
    if (!isOpen.current) return
    const isAsBefore = stored?.baseUrl === saved.baseUrl && !values.get('apiKey')
    if (isAsBefore) finish(t('savedKey', { label: saved.label }))
    else await tryOut(saved)
  }

  async function tryOut(saved: ProviderKey) {
    const { id, label } = saved
    setTesting(true)
    const outcome = await test(id)
    if (!isOpen.current) return
    setTesting(false)
    if (!outcome) finish(t('storedUntested', { label }), 'bad')
    else if (outcome.ok)
      finish(t('storedWorks', { label, time: format.duration(outcome.durationMs) }))
    else {
      setStored(saved)
      setRefusal({ text: outcome.errorMessage ?? '', count: (refusal?.count ?? 0) + 1 })
    }
  }

  function finish(text: string, tone: 'ok' | 'bad' = 'ok') {
    toast(text, tone)
    onClose()
  }

  const submitText = testing ? t('testing') : stored ? common('save') : t('addAndTest')
  return (
    <Dialog
      title={stored ? t('editTitle', { label: stored.label }) : t('addTitle')}
      size="wide"
      onClose={onClose}
    >
      {refusal && stored && (
        <Notice tone="bad" title={t('stored', { label: stored.label })}>
          {refusal.text}
        </Notice>
      )}
      <Form
        onSubmit={(values) => void submit(values)}
        problems={problems}
        explain={(problem) => explainField(problem, t)}
      >
        <div ref={fields}>
          <KeyFields
            // The secret does not stay in the page once it is stored.
            key={refusal?.count ?? 0}
            stored={stored}
            provider={provider}
            providers={providers}
            onProvider={choose}
            enabled={enabled}
            onEnabled={setEnabled}
          />
        </div>
        <Actions>
          <Button type="submit" variant="primary" busy={add.busy || update.busy || testing}>
            {submitText}
          </Button>
          <Button onClick={onClose}>{refusal ? common('close') : common('cancel')}</Button>
        </Actions>
      </Form>
    </Dialog>
  )
}

function useIsMounted() {
  const isMounted = useRef(false)
  useEffect(() => {
    isMounted.current = true
    return () => {
      isMounted.current = false
    }
  }, [])
  return isMounted
}
