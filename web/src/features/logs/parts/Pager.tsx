import { useNavigate, useRouterState, useSearch } from '@tanstack/react-router'
import { useT } from '../../../i18n/i18n'
import { Button } from '../../../ui/Button'
import styles from '../Logs.module.css'

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The cursors of the log's pages that led to this one. */
    trail?: readonly string[]
  }
}

const NO_TRAIL: readonly string[] = []

/** Leads through the pages. Their cursors only lead to older rows: the way back is kept with the history's entry. */
export function Pager({ nextCursor }: { nextCursor: string | null }) {
  const t = useT('logs')
  const navigate = useNavigate({ from: '/w/$workspaceId/logs' })
  const { after } = useSearch({ from: '/app/w/$workspaceId/logs' })
  const trail = useRouterState({ select: ({ location }) => location.state.trail }) ?? NO_TRAIL
  if (!after && !nextCursor) return null

  function go(to: string | undefined, through: readonly string[]) {
    void navigate({
      search: (before) => ({ ...before, after: to || undefined, id: undefined }),
      state: { trail: through },
    })
  }

  return (
    <nav className={styles.pager} aria-label={t('pages')}>
      {after && <Button onClick={() => go(undefined, NO_TRAIL)}>{t('newest')}</Button>}
      <Button
        icon="left"
        disabled={!trail.length}
        onClick={() => go(trail.at(-1), trail.slice(0, -1))}
      >
        {t('newer')}
      </Button>
      <Button
        disabled={!nextCursor}
        onClick={() => nextCursor && go(nextCursor, [...trail, after ?? ''])}
      >
        {t('older')}
      </Button>
    </nav>
  )
}
