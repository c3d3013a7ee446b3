import { Link } from '@tanstack/react-router'
import { useT, type Translate } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { useWorkspace } from '../../../lib/session'
import type { Answer, Row } from '../answer'
import styles from '../Playground.module.css'
import { runs } from '../runs'

/** What an answer took: from its headers at once, and from its row of the log a moment later. */
export function Facts({ answer: { headed, row, durationMs, firstTokenMs } }: { answer: Answer }) {
  const t = useT('playground')
  const format = useFormat()
  const { id: workspaceId } = useWorkspace()
  const model = headed?.model ?? (row?.providerUsed ? row.model : null)
  const first = row ? row.timeToFirstTokenMs : firstTokenMs
  const asked = row ? askedIn(row, t) : headed?.provider
  // The row names them all.
  const tries = row ? 0 : (headed?.attempts ?? 0)
  return (
    <ul className={styles.facts} aria-label={t('facts')}>
      {asked && <li>{asked}</li>}
      {model && (
        <li>
          <code>{model}</code>
        </li>
      )}
      {tries > 1 && <li>{t('attempts', { count: tries })}</li>}
      {row && (row.inputTokens > 0 || row.outputTokens > 0) && (
        <li>
          {t(row.tokensEstimated ? 'tokensEstimated' : 'tokens', {
            input: row.inputTokens,
            output: row.outputTokens,
          })}
        </li>
      )}
      {row && row.costUsd !== null && <li>{format.money(row.costUsd)}</li>}
      <li>{format.duration(row?.durationMs ?? durationMs)}</li>
      {first !== null && <li>{t('firstToken', { time: format.duration(first) })}</li>}
      {row?.notes.map((note) => (
        <li key={note}>
          <code>{note}</code>
        </li>
      ))}
      {row && (
        <li>
          <Link to="/w/$workspaceId/logs" params={{ workspaceId }} search={{ id: row.id }}>
            {t('log')}
          </Link>
        </li>
      )}
    </ul>
  )
}

/** Who was asked, one after the other: "OpenAI 503 ×2 → Backup 200", or just "OpenAI". */
function askedIn({ attempts }: Row, t: Translate<'playground'>): string {
  const [only] = attempts
  if (only && attempts.length === 1 && only.statusCode !== null && only.statusCode < 400)
    return only.label
  return runs(attempts, ({ label, statusCode }) => `${label} ${statusCode ?? t('noStatus')}`)
    .map(({ text, times }) => (times > 1 ? `${text} ×${times}` : text))
    .join(' → ')
}
