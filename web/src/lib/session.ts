import type { Client } from '@urql/core'
import { createContext, use } from 'react'
import { useQuery } from 'urql'
import { SessionDocument, type SessionQuery } from '../gql/lib'
import { readPreference } from './preferences'

export type Session = { me: NonNullable<SessionQuery['me']>; workspaces: Workspace[] }
export type Workspace = { id: string; name: string }

// Without a session the answer holds no object, so it would not be asked again after logging in.
const CONTEXT = { additionalTypenames: ['User', 'Workspace'] }

/** Who is signed in, and where; null while nobody is. Raises what the network says. */
export async function fetchSession(client: Client): Promise<Session | null> {
  const { data, error } = await client.query(
    SessionDocument,
    {},
    { ...CONTEXT, asksForSession: true },
  )
  if (!data?.me && error?.networkError) throw error
  return data?.me ? { me: data.me, workspaces: data.workspaces ?? [] } : null
}

/** The workspace to begin with: the one seen last, or else the first. */
export function startingWorkspace({ workspaces }: Session): Workspace | undefined {
  const last = readPreference('workspace')
  return workspaces.find(({ id }) => id === last) ?? workspaces[0]
}

/** Who is signed in, and every workspace; follows what mutations change. For pages behind the log-in. */
export function useSession(): Session {
  const [{ data }] = useQuery({ query: SessionDocument, context: CONTEXT })
  return data?.me
    ? { me: data.me, workspaces: data.workspaces ?? [] }
    : { me: NOBODY, workspaces: [] }
}

// Shown for the moment between the end of a session and the log-in page.
const NOBODY = { id: '', email: '', name: '' }

export const WorkspaceContext = createContext<Workspace | null>(null)

/** The workspace that the address names. */
export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext)
  if (!workspace) throw new Error('This page is outside any workspace.')
  return workspace
}
