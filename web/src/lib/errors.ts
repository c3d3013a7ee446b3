import type { CombinedError } from '@urql/core'

export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'VALIDATION'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'INTERNAL'
  /** No answer came, or none that is GraphQL. */
  | 'NETWORK'

/** What went wrong; `field` names the input to blame, and is null where there is none. */
export type Problem = { code: ErrorCode; field: string | null; message: string }

/** Texts for fields by their name; the empty name is for what no field is to blame for. */
export type FieldErrors = Readonly<Record<string, string>>

/** Everything that an answer complains about. */
export function problemsOf(error: CombinedError): Problem[] {
  const refused: unknown = error.response?.status
  if (error.networkError && !error.graphQLErrors.length)
    return [{ code: 'NETWORK', field: null, message: String(refused ?? '') }]
  return error.graphQLErrors.map(({ message, extensions }) => ({
    code: (extensions['code'] as ErrorCode | undefined) ?? 'INTERNAL',
    field: typeof extensions['field'] === 'string' ? extensions['field'] : null,
    message,
  }))
}

/** Whether the session is missing or has ended. */
export function isSignedOut(error: CombinedError): boolean {
  return problemsOf(error).some(({ code }) => code === 'UNAUTHENTICATED')
}
