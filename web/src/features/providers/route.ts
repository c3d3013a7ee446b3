import type { RoutePreviewQuery } from '../../gql/providers'
import type { Translate } from '../../i18n/i18n'

export type Step = NonNullable<RoutePreviewQuery['workspace']>['routePreview'][number]

/** Why a key is tried, or passed by, in the user's language; what is not known is left in the server's words. */
export function reasonOf({ reason, providerKey }: Step, t: Translate<'providers'>): string {
  const pinned = /^the request is pinned to (.+)$/.exec(reason)?.[1]
  if (pinned) return t('reasonPinnedElsewhere', { name: pinned })
  switch (reason) {
    case 'mapped':
      return t('reasonMapped')
    case 'pinned':
      return t('reasonPinned')
    case 'native':
      return providerKey.provider === 'CUSTOM' ? t('reasonAnyName') : t('reasonNative')
    case 'fallback model':
      return t('reasonFallback')
    case 'disabled':
      return t('reasonDisabled')
    case 'does not know the model, and has no fallback model':
      return t('reasonUnknown')
    default:
      return reason
  }
}
