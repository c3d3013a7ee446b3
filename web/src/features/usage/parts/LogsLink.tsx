import { Link } from '@tanstack/react-router'
import { useT } from '../../../i18n/i18n'
import { useWorkspace } from '../../../lib/session'

/** The name of a figure, which leads to the requests that it counts. */
export function LogsLink({ since, status }: { since: string; status?: 'failed' }) {
  const t = useT('usage')
  const figures = useT('figures')
  const { id: workspaceId } = useWorkspace()
  return (
    <Link
      to="/w/$workspaceId/logs"
      params={{ workspaceId }}
      search={{ since, status }}
      title={t(status ? 'showFailed' : 'showLogs')}
    >
      {figures(status ? 'errorRate' : 'requests')}
    </Link>
  )
}
