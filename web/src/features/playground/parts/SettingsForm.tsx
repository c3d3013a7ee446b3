import { useId } from 'react'
import { useT } from '../../../i18n/i18n'
import { TextareaField, TextField } from '../../../ui/Field'
import { Icon } from '../../../ui/icons'
import { Menu } from '../../../ui/Menu'
import { Switch } from '../../../ui/Switch'
import styles from '../Playground.module.css'
import { LIMITS, misfitsOf, type Parameter, type Settings } from '../request'
import { Route } from './Route'

// A menu of more is none; typing finds the others.
const OFFERED = 30

type SettingsFormProps = {
  settings: Settings
  models: readonly string[]
  /** The model once nobody types any more. */
  settled: string
  onChange: (changes: Partial<Settings>) => void
}

/** The model, and how it shall answer. */
export function SettingsForm({ settings, models, settled, onChange }: SettingsFormProps) {
  const t = useT('playground')
  const id = useId()
  const misfits = misfitsOf(settings)
  const number = (name: Parameter) => {
    const { least, most, step } = LIMITS[name]
    const range = most === undefined ? t('wholeFrom', { least }) : t('between', { least, most })
    return (
      <TextField
        type="number"
        name={name}
        label={t(name)}
        placeholder={t('byProvider')}
        min={least}
        max={most}
        step={step}
        value={settings[name]}
        error={misfits.includes(name) ? range : undefined}
        onChange={(event) => onChange({ [name]: event.target.value })}
      />
    )
  }
  return (
    <div className={styles.form}>
      <div className={styles.model}>
        <TextField
          name="model"
          label={t('model')}
          list={id}
          value={settings.model}
          maxLength={200}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          className={styles.mono}
          hint={settled ? undefined : t('modelHint')}
          onChange={(event) => onChange({ model: event.target.value })}
        />
        <datalist id={id}>
          {models.map((model) => (
            <option key={model} value={model} aria-label={model} />
          ))}
        </datalist>
        {models.length > 0 && (
          <Menu
            label={t('chooseModel')}
            align="end"
            className={styles.choose}
            items={models.slice(0, OFFERED).map((model) => ({
              key: model,
              label: model,
              checked: model === settings.model,
              onSelect: () => onChange({ model }),
            }))}
          >
            <Icon name="down" />
          </Menu>
        )}
        {settled && <Route model={settled} />}
      </div>
      <TextareaField
        name="system"
        label={t('system')}
        rows={3}
        placeholder={t('systemPlaceholder')}
        value={settings.system}
        onChange={(event) => onChange({ system: event.target.value })}
      />
      <details className={styles.parameters}>
        <summary>{t('parameters')}</summary>
        <div className={styles.fields}>
          {number('temperature')}
          {number('topP')}
          {number('maxTokens')}
          <Switch
            name="stream"
            label={t('stream')}
            hint={t('streamHint')}
            checked={settings.stream}
            onChange={(stream) => onChange({ stream })}
          />
          <Switch
            name="assured"
            label={t('assured')}
            hint={t('assuredHint')}
            checked={settings.stream && settings.assured}
            disabled={!settings.stream}
            onChange={(assured) => onChange({ assured })}
          />
        </div>
      </details>
    </div>
  )
}
