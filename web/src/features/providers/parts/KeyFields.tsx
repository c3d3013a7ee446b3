import { useId } from 'react'
import type { ProviderName } from '../../../gql/providers'
import { useT } from '../../../i18n/i18n'
import { PasswordField, SelectField, TextField } from '../../../ui/Field'
import { Switch } from '../../../ui/Switch'
import { readableHint, type Provider, type ProviderKey } from '../types'
import styles from './KeyDialog.module.css'
import { ModelMapFields } from './ModelMapFields'
import { TimeoutFields } from './TimeoutFields'

type KeyFieldsProps = {
  stored: ProviderKey | null
  provider: Provider | undefined
  providers: readonly Provider[]
  onProvider: (name: ProviderName) => void
  enabled: boolean
  onEnabled: (enabled: boolean) => void
}

/** The inputs of a key. */
export function KeyFields({
  stored,
  provider,
  providers,
  onProvider,
  enabled,
  onEnabled,
}: KeyFieldsProps) {
  const t = useT('providers')
  const id = useId()
  const isCustom = provider?.needsBaseUrl ?? false
  const suggested = provider?.suggestedFallbackModel
  const label = stored?.label ?? provider?.label ?? ''

  function choose(value: string) {
    const chosen = providers.find(({ name }) => name === value)
    if (chosen) onProvider(chosen.name)
  }

  return (
    <div className={styles.fields}>
      {!stored && (
        <SelectField
          name="provider"
          label={t('provider')}
          value={provider?.name}
          onChange={(event) => choose(event.target.value)}
          choices={providers.map(({ name, label: shown }) => ({ value: name, label: shown }))}
        />
      )}
      <TextField
        name="label"
        label={t('label')}
        optional={!stored}
        required={stored !== null}
        defaultValue={stored?.label}
        placeholder={provider?.label}
        hint={t('labelHint', { label })}
        maxLength={100}
        autoComplete="off"
      />
      <PasswordField
        name="apiKey"
        label={t('apiKey')}
        required={!stored && !isCustom}
        hint={
          stored
            ? t('apiKeyKeep', { hint: readableHint(stored) ?? t('keyAsIs') })
            : t(isCustom ? 'apiKeyCustom' : 'apiKeyHint')
        }
        maxLength={1000}
        autoComplete="off"
      />
      <TextField
        name="baseUrl"
        type="url"
        label={t('baseUrl')}
        optional={!isCustom}
        required={isCustom}
        defaultValue={stored?.baseUrl ?? ''}
        placeholder={provider?.defaultBaseUrl ?? (isCustom ? 'http://localhost:11434/v1' : '')}
        hint={t(isCustom ? 'baseUrlCustom' : 'baseUrlHint')}
        autoComplete="off"
        spellCheck={false}
      />
      <TextField
        // Another provider has other models.
        key={provider?.name}
        name="defaultModel"
        label={t('fallbackModel')}
        optional
        defaultValue={stored ? (stored.defaultModel ?? '') : (suggested ?? '')}
        hint={t(isCustom ? 'fallbackCustom' : 'fallbackHint')}
        list={suggested ? `${id}-models` : undefined}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
      />
      {suggested && (
        <datalist id={`${id}-models`}>
          <option value={suggested}>{t('suggested', { model: suggested })}</option>
        </datalist>
      )}
      <div className={stored ? styles.whole : styles.switch}>
        <Switch
          name="enabled"
          label={t('enabled')}
          hint={t('enabledHint')}
          checked={enabled}
          onChange={onEnabled}
        />
      </div>
      <ModelMapFields initial={stored?.modelMap ?? []} />
      <TimeoutFields initial={stored?.timeouts} />
    </div>
  )
}
