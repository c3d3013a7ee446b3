import type { FirstRunQuery, TestProviderKeyMutation } from '../../../gql/onboarding'
import { useT } from '../../../i18n/i18n'
import { useFormat } from '../../../lib/format'
import { Badge } from '../../../ui/Badge'
import { Button } from '../../../ui/Button'
import styles from '../Onboarding.module.css'

/** How the latest test of a provider key went. */
export type Tested = { id: string } & NonNullable<TestProviderKeyMutation['testProviderKey']>

type ProviderFactsProps = {
  providerKeys: NonNullable<FirstRunQuery['workspace']>['providerKeys']
  providers: FirstRunQuery['providers']
  tested: Tested | null
  busy: boolean
  onTest: (id: string) => void
}

/** The provider keys that are stored, in their order. */
export function ProviderFacts({
  providerKeys,
  providers,
  tested,
  busy,
  onTest,
}: ProviderFactsProps) {
  const t = useT('onboarding')
  return (
    <ul className={styles.facts}>
      {providerKeys.map(({ id, provider, label, baseUrl, keyHint, enabled }) => (
        <li key={id} className={styles.fact}>
          <div className={styles.what}>
            <p className={styles.who}>
              <strong>{label}</strong>
              <span className={styles.hint}>
                {baseUrl ?? providers.find(({ name }) => name === provider)?.label}
              </span>
              {keyHint && <code className={styles.hint}>{keyHint}</code>}
            </p>
            {tested?.id === id && <Outcome tested={tested} />}
          </div>
          {enabled ? (
            <Button busy={busy} aria-label={t('testKey', { label })} onClick={() => onTest(id)}>
              {t('test')}
            </Button>
          ) : (
            <Badge>{t('disabled')}</Badge>
          )}
        </li>
      ))}
    </ul>
  )
}

function Outcome({ tested }: { tested: Tested }) {
  const t = useT('onboarding')
  const format = useFormat()
  return (
    <p role="status" className={styles.outcome}>
      {tested.ok ? (
        <Badge tone="ok" dot>
          {t('works', { time: format.duration(tested.durationMs) })}
        </Badge>
      ) : (
        <>
          <Badge tone="bad" dot>
            {t('fails')}
          </Badge>
          <span className={styles.words}>{tested.errorMessage}</span>
        </>
      )}
    </p>
  )
}
