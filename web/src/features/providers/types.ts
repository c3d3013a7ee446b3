import type { KeyPartsFragment, ProvidersQuery, TestKeyMutation } from '../../gql/providers'

export type ProviderKey = KeyPartsFragment
export type Provider = ProvidersQuery['providers'][number]
export type Outcome = NonNullable<TestKeyMutation['testProviderKey']>
/** How the test of a key stands; undefined: nobody asked for one since the page was opened. */
export type Test = Outcome | 'running' | undefined

/** The masked secret; null where it says nothing: a short one, or none at all. */
export function readableHint({ keyHint }: ProviderKey): string | null {
  return keyHint.length > 1 ? keyHint : null
}
