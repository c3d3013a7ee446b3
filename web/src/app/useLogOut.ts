import { useClient } from 'urql'
import { LogoutDocument } from '../gql/lib'
import { expectEndOfSession } from '../lib/leaving'

/** Ends the session and starts a fresh page: nothing of it stays in memory. */
export function useLogOut(): () => void {
  const client = useClient()
  return () => {
    expectEndOfSession()
    void client
      .mutation(LogoutDocument, {})
      .toPromise()
      .then(() => location.assign('/login'))
  }
}
