import { useT } from '../../../i18n/i18n'
import { Button } from '../../../ui/Button'
import { Notice } from '../../../ui/Notice'
import type { ExportFormat } from '../exporting'
import styles from '../Logs.module.css'
import type { ExportState } from '../useExport'

type ExportStatusProps = {
  state: ExportState
  onStop: () => void
  onRetry: (format: ExportFormat) => void
}

/** How an export goes on, and a way to end it. */
export function ExportStatus({ state, onStop, onRetry }: ExportStatusProps) {
  const t = useT('logs')
  const common = useT('common')
  if (state.kind === 'idle') return null
  if (state.kind === 'failed')
    return (
      <Notice
        tone="bad"
        action={<Button onClick={() => onRetry(state.format)}>{common('retry')}</Button>}
      >
        {t('exportFailed', { rows: state.rows })}
      </Notice>
    )
  const { rows, total } = state
  const text = total === null ? t('exporting', { count: rows }) : t('exportingOf', { rows, total })
  return (
    <div className={styles.exporting}>
      <progress
        className={styles.progress}
        aria-label={text}
        max={total ?? undefined}
        value={total === null ? undefined : rows}
      />
      <span>{text}</span>
      <Button onClick={onStop}>{common('cancel')}</Button>
    </div>
  )
}
