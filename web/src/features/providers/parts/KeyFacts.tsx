import { useT } from '../../../i18n/i18n'
import { readableHint, type Provider, type ProviderKey } from '../types'
import styles from './KeyList.module.css'

type KeyFactsProps = { providerKey: ProviderKey; provider: Provider | undefined }

/** Whose key it is, where it leads, and which models it serves. */
export function KeyFacts({ providerKey, provider }: KeyFactsProps) {
  const t = useT('providers')
  const { label, baseUrl, modelMap, defaultModel } = providerKey
  const hint = readableHint(providerKey)
  const name = provider?.label ?? providerKey.provider
  const address = baseUrl ?? provider?.defaultBaseUrl
  const takesAny = providerKey.provider === 'CUSTOM' && !modelMap.length && !defaultModel
  return (
    <ul className={styles.facts}>
      {name !== label && <li>{name}</li>}
      {address && (
        <li className={styles.address} title={address}>
          {address.replace(/^https:\/\//, '')}
        </li>
      )}
      {hint && (
        <li>
          <code title={t('keyHint')}>{hint}</code>
        </li>
      )}
      {modelMap.length > 0 && <li>{t('mapped', { count: modelMap.length })}</li>}
      <li>
        {defaultModel ? (
          <>
            {t('fallback')} <code>{defaultModel}</code>
          </>
        ) : (
          t(takesAny ? 'anyModel' : 'noFallback')
        )}
      </li>
    </ul>
  )
}
