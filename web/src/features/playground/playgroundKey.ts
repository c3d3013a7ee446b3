import type { Client } from '@urql/core'
import { CreatePlaygroundKeyDocument } from '../../gql/playground'
import { problemsOf, type Problem } from '../../lib/errors'

// In memory alone: the key is gone with the page, and ends by itself within the hour.
type Key = { secret: string; until: number }
const keys = new Map<string, Key>()

// Rather a new key than one that ends while it is being used.
const MARGIN_MS = 60_000

/** There was no key to be had. */
export class NoKey extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

/** A key for the workspace: the one at hand, or a new one. Throws NoKey. */
export async function playgroundKey(client: Client, workspaceId: string): Promise<string> {
  const key = keys.get(workspaceId)
  if (key && Date.now() < key.until - MARGIN_MS) return key.secret
  const { data, error } = await client.mutation(CreatePlaygroundKeyDocument, { workspaceId })
  const made = data?.createPlaygroundKey
  if (!made) {
    const [problem] = error ? problemsOf(error) : []
    throw new NoKey(problem ?? { code: 'INTERNAL', field: null, message: '' })
  }
  const until = made.apiKey.expiresAt ? Date.parse(made.apiKey.expiresAt) : Infinity
  keys.set(workspaceId, { secret: made.secret, until })
  return made.secret
}

/** Forgets the key, because it was refused: somebody has revoked it. */
export function forgetPlaygroundKey(workspaceId: string): void {
  keys.delete(workspaceId)
}
