import type { ApiKeysQuery } from '../../gql/keys'

export type ApiKey = NonNullable<ApiKeysQuery['workspace']>['apiKeys'][number]

/** For lists of keys, which name no type while they are empty, and for mutations that give back an id alone. */
export const CHANGES_WITH_KEYS = { additionalTypenames: ['ApiKey'] }

export type KeyState = 'active' | 'revoked' | 'expired'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** What became of a key; one may have expired since it was fetched. */
export function stateOf(
  { active, revokedAt, expiresAt }: Pick<ApiKey, 'active' | 'revokedAt' | 'expiresAt'>,
  now: number,
): KeyState {
  if (revokedAt) return 'revoked'
  return active && !(expiresAt && Date.parse(expiresAt) <= now) ? 'active' : 'expired'
}

/** Whether the playground made it for itself: it has that name, and an hour to live. */
export function isPlaygroundKey({
  name,
  createdAt,
  expiresAt,
}: Pick<ApiKey, 'name' | 'createdAt' | 'expiresAt'>): boolean {
  if (name !== 'playground' || !expiresAt) return false
  return Date.parse(expiresAt) - Date.parse(createdAt) <= HOUR_MS + 1000
}

/** Whether it stops within a day, so that the hours matter. */
export function endsSoon(expiresAt: string, now: number): boolean {
  return Date.parse(expiresAt) - now < DAY_MS
}

export const EXPIRIES = ['never', '7', '30', '90', '365', 'date'] as const
export type Expiry = (typeof EXPIRIES)[number]

/** When a new key stops: so many days from now, at the end of a UTC day (`2026-12-31`), or null for never. */
export function expiryOf(choice: Expiry, day: string, now: number): string | null {
  if (choice === 'never' || (choice === 'date' && !day)) return null
  if (choice === 'date') return `${day}T23:59:59Z`
  return new Date(now + Number(choice) * DAY_MS).toISOString()
}

/** The UTC day of an instant, as a date input writes it. */
export function utcDay(now: number): string {
  return new Date(now).toISOString().slice(0, 10)
}
