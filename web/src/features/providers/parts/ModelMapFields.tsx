import { useEffect, useId, useRef, useState } from 'react'
import type { ModelMappingInput } from '../../../gql/providers'
import { useT } from '../../../i18n/i18n'
import { Button, IconButton } from '../../../ui/Button'
import { TextField } from '../../../ui/Field'
import { useFieldError } from '../../../ui/Form'
import { Icon } from '../../../ui/icons'
import { rowNames } from '../values'
import styles from './KeyDialog.module.css'

type Row = ModelMappingInput & { row: number }

/** The rows of a model map, to be added to and removed from. */
export function ModelMapFields({ initial }: { initial: readonly ModelMappingInput[] }) {
  const t = useT('providers')
  const id = useId()
  const error = useFieldError('modelMap')
  const group = useRef<HTMLFieldSetElement>(null)
  const [rows, setRows] = useState<readonly Row[]>(() =>
    initial.map((entry, row) => ({ ...entry, row })),
  )
  const [changed, setChanged] = useState<{ row: number } | null>(null)

  // To the new row, or to the button where a row is gone.
  useEffect(() => {
    if (!changed) return
    const name = rowNames(changed.row).requested
    const added = group.current?.querySelector<HTMLElement>(`[name=${name}]`)
    const element = added ?? group.current?.querySelector<HTMLElement>('[data-add]')
    element?.focus()
  }, [changed])

  function add() {
    const row = Math.max(-1, ...rows.map((one) => one.row), changed?.row ?? -1) + 1
    setRows([...rows, { row, requested: '', target: '' }])
    setChanged({ row })
  }

  function remove(gone: number) {
    setRows(rows.filter(({ row }) => row !== gone))
    setChanged({ row: gone })
  }

  return (
    <fieldset ref={group} className={styles.map} aria-describedby={`${id}-hint`}>
      <legend className={styles.legend}>{t('modelMap')}</legend>
      <p id={`${id}-hint`} className={styles.hint}>
        {t('modelMapHint')}
      </p>
      {/* Lets the form know that there is a place for what is wrong with the map. */}
      <input type="hidden" name="modelMap" />
      {error && (
        <p role="alert" className={styles.error}>
          <Icon name="alert" size={14} />
          {error}
        </p>
      )}
      {rows.length > 0 && (
        <ul className={styles.rows}>
          {rows.map(({ row, requested, target }, at) => (
            <li key={row} className={styles.mapping}>
              <TextField
                name={rowNames(row).requested}
                label={t('requestedRow', { row: at + 1 })}
                hideLabel
                placeholder={t('requested')}
                defaultValue={requested}
                required
                maxLength={200}
                autoComplete="off"
                spellCheck={false}
              />
              <span className={styles.arrow}>
                <Icon name="arrow" />
              </span>
              <TextField
                name={rowNames(row).target}
                label={t('targetRow', { row: at + 1 })}
                hideLabel
                placeholder={t('target')}
                defaultValue={target}
                required
                maxLength={200}
                autoComplete="off"
                spellCheck={false}
              />
              <IconButton
                icon="close"
                label={t('removeRow', { row: at + 1 })}
                onClick={() => remove(row)}
              />
            </li>
          ))}
        </ul>
      )}
      <Button icon="plus" onClick={add} data-add className={styles.add}>
        {t('addRow')}
      </Button>
    </fieldset>
  )
}
