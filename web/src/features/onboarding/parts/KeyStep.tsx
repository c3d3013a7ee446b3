import { useState } from 'react'
import { CreateFirstApiKeyDocument, type FirstRunQuery } from '../../../gql/onboarding'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { keepFreshKey } from '../../../lib/freshKeys'
import { isOwnKey } from '../../../lib/setup'
import { useAction } from '../../../lib/useAction'
import { Button } from '../../../ui/Button'
import { CodeSnippet } from '../../../ui/CodeSnippet'
import { TextField } from '../../../ui/Field'
import { Actions, Form, valueOf } from '../../../ui/Form'
import styles from '../Onboarding.module.css'
import { Step } from './Step'

type KeyStepProps = {
  workspaceId: string
  apiKeys: NonNullable<FirstRunQuery['workspace']>['apiKeys']
  /** The key in clear that was made since the page was opened. */
  freshKey: string | null
}

/** Makes the key that an app sends, and shows it once. */
export function KeyStep({ workspaceId, apiKeys, freshKey }: KeyStepProps) {
  const t = useT('onboarding')
  const common = useT('common')
  const format = useFormat()
  const { run, busy, problems } = useAction(CreateFirstApiKeyDocument)
  const [isAdding, setAdding] = useState(false)
  const own = apiKeys.filter(isOwnKey)
  const shown = own.find(({ prefix }) => freshKey?.startsWith(prefix)) ?? own[0]
  const isFresh = shown !== undefined && freshKey?.startsWith(shown.prefix) === true
  const isForm = isAdding || !shown

  async function create(values: FormData) {
    const made = (await run({ workspaceId, name: valueOf(values, 'name') }))?.createApiKey
    if (!made) return
    keepFreshKey(workspaceId, made.secret)
    setAdding(false)
  }

  return (
    <Step
      number={2}
      title={t(isForm ? 'key' : 'keyDone')}
      lead={isForm ? t('keyLead') : undefined}
      done={!isForm}
    >
      {isForm ? (
        <Form onSubmit={(values) => void create(values)} problems={problems}>
          <TextField
            name="name"
            label={t('keyName')}
            defaultValue={t('keyNameFirst')}
            required
            maxLength={100}
            autoComplete="off"
          />
          <Actions>
            <Button type="submit" variant="primary" busy={busy}>
              {t('createKey')}
            </Button>
            {shown && <Button onClick={() => setAdding(false)}>{common('cancel')}</Button>}
          </Actions>
        </Form>
      ) : (
        <>
          <p className={styles.who}>
            <strong>{shown.name}</strong>
            <code className={styles.hint}>{shown.prefix}…</code>
            <time
              dateTime={shown.createdAt}
              title={format.moment(shown.createdAt)}
              className={styles.hint}
            >
              {t('created', { time: format.ago(shown.createdAt) })}
            </time>
          </p>
          {isFresh && freshKey && (
            <>
              <CodeSnippet label={t('keySecret')} code={freshKey} wrap />
              <p className={styles.hint}>{t('keyOnce')}</p>
            </>
          )}
          {!isFresh && (
            <>
              <p className={styles.hint}>{t('keyGone')}</p>
              <div className={styles.actions}>
                <Button icon="plus" onClick={() => setAdding(true)}>
                  {t('createAnother')}
                </Button>
              </div>
            </>
          )}
        </>
      )}
    </Step>
  )
}
