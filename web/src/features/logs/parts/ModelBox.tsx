import { useId } from 'react'
import { useT } from '../../../i18n/i18n'
import { TextField } from '../../../ui/Field'
import { useDraft } from '../useDraft'

type ModelBoxProps = {
  models: readonly string[]
  value: string | undefined
  onChange: (value: string | undefined) => void
}

/** The whole name of a model, out of the used ones or typed. */
export function ModelBox({ models, value, onChange }: ModelBoxProps) {
  const t = useT('logs')
  const id = useId()
  const { text, setText, commit } = useDraft(value, onChange)

  function change(typed: string) {
    setText(typed)
    // Nobody should have to press Enter after choosing from the list.
    if (!typed || models.includes(typed)) commit(typed)
  }

  return (
    <>
      <TextField
        name="model"
        label={t('model')}
        hideLabel
        list={id}
        placeholder={t('modelAny')}
        maxLength={200}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={text}
        onChange={(event) => change(event.target.value)}
        onBlur={() => commit()}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
      />
      <datalist id={id}>
        {models.map((model) => (
          <option key={model}>{model}</option>
        ))}
      </datalist>
    </>
  )
}
