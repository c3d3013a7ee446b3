import type { PointerEvent } from 'react'
import { useT } from '../../../i18n/i18n'
import { Button, IconButton } from '../../../ui/Button'
import { Icon } from '../../../ui/icons'
import type { Status } from '../status'
import type { Provider, ProviderKey, Test } from '../types'
import { KeyFacts } from './KeyFacts'
import styles from './KeyList.module.css'
import { KeyStatus, StatusBadge } from './KeyStatus'
import { KeySwitch } from './KeySwitch'

type KeyRowProps = {
  providerKey: ProviderKey
  provider: Provider | undefined
  place: number
  count: number
  status: Status
  test: Test
  isDragged: boolean
  onGrip: (event: PointerEvent) => void
  onMove: (by: 1 | -1, button: HTMLElement) => void
  onTest: () => void
  onEdit: () => void
  onDelete: () => void
}

/** One key: what it is, how it stands, and what can be done with it. */
export function KeyRow({
  providerKey,
  provider,
  place,
  count,
  status,
  test,
  isDragged,
  onGrip,
  onMove,
  onTest,
  onEdit,
  onDelete,
}: KeyRowProps) {
  const t = useT('providers')
  const { id, label, enabled } = providerKey
  return (
    <li
      data-id={id}
      className={styles.row}
      data-dragged={isDragged || undefined}
      data-muted={!enabled || undefined}
    >
      {/* For pointers alone: the buttons with the arrows do the same by keyboard. */}
      <span
        className={styles.grip}
        title={t('drag', { label })}
        data-testid="grip"
        onPointerDown={onGrip}
      >
        <Icon name="grip" />
      </span>
      <h3 className={styles.name}>
        <span className={styles.place} title={t('position', { place })}>
          {place}
        </span>
        <span className={styles.label}>{label}</span>
        <StatusBadge status={status} />
      </h3>
      <div className={styles.actions}>
        <IconButton
          icon="up"
          label={t('up', { label })}
          aria-disabled={place === 1}
          className={styles.arrow}
          onClick={(event) => onMove(-1, event.currentTarget)}
        />
        <IconButton
          icon="down"
          label={t('down', { label })}
          aria-disabled={place === count}
          className={styles.arrow}
          onClick={(event) => onMove(1, event.currentTarget)}
        />
        <IconButton icon="edit" label={t('editLabel', { label })} onClick={onEdit} />
        <IconButton icon="trash" label={t('deleteLabel', { label })} onClick={onDelete} />
        <Button
          busy={test === 'running'}
          aria-label={t('testLabel', { label })}
          onClick={onTest}
          className={styles.test}
        >
          {t('test')}
        </Button>
        <KeySwitch providerKey={providerKey} />
      </div>
      <KeyFacts providerKey={providerKey} provider={provider} />
      <KeyStatus providerKey={providerKey} test={test} />
    </li>
  )
}
