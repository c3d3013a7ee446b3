import { Outlet, useParams } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { useSession, WorkspaceContext } from '../lib/session'
import { NotFound } from './ErrorScreen'

/** Gives the pages below the workspace of the address; each workspace begins them anew. */
export function WorkspaceScope() {
  const t = useT('common')
  const { workspaceId } = useParams({ from: '/app/w/$workspaceId' })
  const { me, workspaces } = useSession()
  const workspace = workspaces.find(({ id }) => id === workspaceId)
  if (!workspace) return me.id ? <NotFound text={t('noWorkspace')} /> : null
  return (
    <WorkspaceContext value={workspace} key={workspace.id}>
      <Outlet />
    </WorkspaceContext>
  )
}
