import { useT } from '../../../i18n/i18n'
import { snippets } from '../../../lib/snippets'
import { CodeTabs } from '../../../ui/CodeSnippet'
import { TextField } from '../../../ui/Field'
import styles from '../Onboarding.module.css'
import { Step } from './Step'

type CallStepProps = {
  done: boolean
  model: string
  onModel: (model: string) => void
  baseUrl: string
  freshKey: string | null
}

/** How an app calls the route, ready to paste. */
export function CallStep({ done, model, onModel, baseUrl, freshKey }: CallStepProps) {
  const t = useT('onboarding')
  const codes = snippets({
    baseUrl,
    model: model || t('someModel'),
    apiKey: freshKey,
    prompt: t('prompt'),
  })
  return (
    <Step number={3} title={t('call')} lead={t('callLead')} done={done}>
      <TextField
        name="model"
        label={t('model')}
        hint={t('modelHint')}
        value={model}
        maxLength={200}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => onModel(event.target.value)}
      />
      <CodeTabs label={t('languages')} snippets={codes} />
      <p className={styles.hint}>{t(freshKey ? 'keyInside' : 'keyPlaceholder')}</p>
    </Step>
  )
}
