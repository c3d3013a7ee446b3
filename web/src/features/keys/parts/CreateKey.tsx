import { useState, type ChangeEvent } from 'react'
import { CreateApiKeyDocument } from '../../../gql/keys'
import { useT } from '../../../i18n/i18n'
import type { Problem } from '../../../lib/errors'
import { useFormat } from '../../../lib/format'
import { useWorkspace } from '../../../lib/session'
import { useAction } from '../../../lib/useAction'
import { Button } from '../../../ui/Button'
import { Dialog } from '../../../ui/Dialog'
import { SelectField, TextField } from '../../../ui/Field'
import { Actions, Form, valueOf } from '../../../ui/Form'
import { EXPIRIES, expiryOf, utcDay, type Expiry } from '../apiKey'
import { NewKey } from './NewKey'

/** Makes a key and shows it, this once. */
export default function CreateKey({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<{ name: string; secret: string } | null>(null)
  return made ? (
    <NewKey name={made.name} secret={made.secret} onClose={onClose} />
  ) : (
    <KeyForm onMade={(name, secret) => setMade({ name, secret })} onClose={onClose} />
  )
}

function KeyForm({
  onMade,
  onClose,
}: {
  onMade: (name: string, secret: string) => void
  onClose: () => void
}) {
  const t = useT('keys')
  const common = useT('common')
  const workspace = useWorkspace()
  const { run, busy, problems } = useAction(CreateApiKeyDocument)

  async function create(values: FormData) {
    const answer = await run({
      workspaceId: workspace.id,
      name: valueOf(values, 'name'),
      expiresAt: expiryOf(
        valueOf(values, 'expiry') as Expiry,
        valueOf(values, 'expiresAt'),
        Date.now(),
      ),
    })
    const made = answer?.createApiKey
    if (made) onMade(made.apiKey.name, made.secret)
  }

  function explain({ code, field }: Problem): string | undefined {
    if (code === 'FORBIDDEN') return t('tooMany')
    if (field === 'expiresAt') return t('past')
    return field === 'name' ? t('badName') : undefined
  }

  return (
    <Dialog title={t('newKey')} lead={t('newLead')} onClose={onClose}>
      <Form onSubmit={(values) => void create(values)} problems={problems} explain={explain}>
        <TextField
          name="name"
          label={t('name')}
          placeholder={t('namePlaceholder')}
          required
          maxLength={100}
          autoComplete="off"
        />
        <ExpiryFields />
        <Actions>
          <Button type="submit" variant="primary" busy={busy}>
            {t('createKey')}
          </Button>
          <Button onClick={onClose}>{common('cancel')}</Button>
        </Actions>
      </Form>
    </Dialog>
  )
}

function ExpiryFields() {
  const t = useT('keys')
  const format = useFormat()
  const [now] = useState(() => Date.now())
  const [choice, choose] = useState<Expiry>('never')
  const names = {
    never: t('never'),
    '7': t('inDays', { count: 7 }),
    '30': t('inDays', { count: 30 }),
    '90': t('inDays', { count: 90 }),
    '365': t('inYear'),
    date: t('onDate'),
  }
  const until = choice === 'date' ? null : expiryOf(choice, '', now)

  function check({ target }: ChangeEvent<HTMLInputElement>) {
    target.setCustomValidity(target.validity.rangeUnderflow ? t('past') : '')
  }

  return (
    <>
      <SelectField
        name="expiry"
        label={t('expiry')}
        value={choice}
        onChange={({ target }) => choose(target.value as Expiry)}
        choices={EXPIRIES.map((value) => ({ value, label: names[value] }))}
        hint={until && t('until', { date: format.date(until) })}
      />
      {choice === 'date' && (
        <TextField
          type="date"
          name="expiresAt"
          label={t('lastDay')}
          hint={t('lastDayHint')}
          min={utcDay(now)}
          max="9999-12-31"
          required
          onChange={check}
        />
      )}
    </>
  )
}
