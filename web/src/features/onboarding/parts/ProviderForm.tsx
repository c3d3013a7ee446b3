import { useState } from 'react'
import {
  AddProviderKeyDocument,
  MendProviderKeyDocument,
  RemoveProviderKeyDocument,
  type FirstRunQuery,
  type ProviderName,
  type TestProviderKeyMutation,
} from '../../../gql/onboarding'
import { useT } from '../../../i18n/i18n'
import type { Problem } from '../../../lib/errors'
import { useAction } from '../../../lib/useAction'
import { Button } from '../../../ui/Button'
import { PasswordField, SelectField, TextField } from '../../../ui/Field'
import { Actions, Form, valueOf } from '../../../ui/Form'
import { Notice } from '../../../ui/Notice'

const CHANGES_WITH_KEYS = { additionalTypenames: ['ProviderKey'] }

type Outcome = NonNullable<TestProviderKeyMutation['testProviderKey']>
type ProviderFormProps = {
  workspaceId: string
  providers: FirstRunQuery['providers']
  check: (id: string) => Promise<Outcome | null>
  onBegin: () => void
  onAdded: () => void
  /** Undefined where there is nothing to go back to. */
  onCancel: (() => void) | undefined
}

/** Stores a key and tests it; while it fails, the same key is mended rather than another one added. */
export function ProviderForm({
  workspaceId,
  providers,
  check,
  onBegin,
  onAdded,
  onCancel,
}: ProviderFormProps) {
  const t = useT('onboarding')
  const common = useT('common')
  const [provider, setProvider] = useState<ProviderName>(providers[0]?.name ?? 'CUSTOM')
  const [stored, setStored] = useState<{ id: string; provider: ProviderName } | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const add = useAction(AddProviderKeyDocument)
  const mend = useAction(MendProviderKeyDocument)
  const remove = useAction(RemoveProviderKeyDocument, CHANGES_WITH_KEYS)
  const [busy, setBusy] = useState(false)
  const needsBaseUrl = providers.some(({ name, needsBaseUrl: needs }) => name === provider && needs)

  async function store(values: FormData): Promise<string | null> {
    const key = {
      apiKey: valueOf(values, 'apiKey'),
      ...(needsBaseUrl && {
        baseUrl: valueOf(values, 'baseUrl'),
        defaultModel: valueOf(values, 'defaultModel') || null,
      }),
    }
    if (stored?.provider === provider)
      return (await mend.run({ input: { id: stored.id, ...key } }))?.updateProviderKey?.id ?? null
    if (stored && !(await remove.run({ id: stored.id }))) return null
    const added = (await add.run({ input: { workspaceId, provider, ...key } }))?.addProviderKey
    setStored(added ? { id: added.id, provider } : null)
    return added?.id ?? null
  }

  async function submit(values: FormData) {
    onBegin()
    setBusy(true)
    setFailure(null)
    const id = await store(values)
    const outcome = id && (await check(id))
    setBusy(false)
    if (!outcome) return
    if (outcome.ok) onAdded()
    else setFailure(outcome.errorMessage ?? '')
  }

  function explain({ code, field, message }: Problem): string | undefined {
    if (code !== 'VALIDATION') return undefined
    if (field === 'apiKey') return t('badProviderKey')
    if (field !== 'baseUrl') return undefined
    return message.includes('ALLOW_PRIVATE_UPSTREAMS') ? t('privateUrl') : common('invalidUrl')
  }

  return (
    <Form
      onSubmit={(values) => {
        if (!busy) void submit(values)
      }}
      problems={[...add.problems, ...mend.problems, ...remove.problems]}
      explain={explain}
    >
      {failure !== null && (
        <Notice tone="bad" title={t('testFailed')}>
          {failure}
        </Notice>
      )}
      <SelectField
        name="provider"
        label={t('providerName')}
        value={provider}
        onChange={(event) =>
          setProvider(providers.find(({ name }) => name === event.target.value)?.name ?? provider)
        }
        choices={providers.map(({ name, label }) => ({
          value: name,
          label: name === 'CUSTOM' ? t('custom') : label,
        }))}
      />
      {needsBaseUrl && (
        <TextField
          name="baseUrl"
          type="url"
          label={t('baseUrl')}
          hint={t('baseUrlHint')}
          placeholder="http://localhost:11434/v1"
          required
          autoComplete="off"
          spellCheck={false}
        />
      )}
      <PasswordField
        name="apiKey"
        label={t(needsBaseUrl ? 'keyIfAny' : 'providerKey')}
        hint={t('providerKeyHint')}
        required={!needsBaseUrl}
        autoComplete="off"
      />
      {needsBaseUrl && (
        <TextField
          name="defaultModel"
          label={t('fallbackModel')}
          hint={t('fallbackModelHint')}
          optional
          maxLength={200}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      )}
      <Actions>
        <Button type="submit" variant="primary" busy={busy}>
          {t(stored ? 'saveAndTest' : 'addAndTest')}
        </Button>
        {onCancel && !busy && <Button onClick={onCancel}>{common('cancel')}</Button>}
      </Actions>
    </Form>
  )
}
