import { useQuery } from 'urql'
import { RouteDocument } from '../../../gql/playground'
import { useT } from '../../../i18n/i18n'
import { useWorkspace } from '../../../lib/session'
import { Icon } from '../../../ui/icons'
import styles from '../Playground.module.css'

const CONTEXT = { additionalTypenames: ['ProviderKey'] }

/** Which provider keys would be asked for a model, one after the other. */
export function Route({ model }: { model: string }) {
  const t = useT('playground')
  const { id: workspaceId } = useWorkspace()
  const [{ data }] = useQuery({
    query: RouteDocument,
    variables: { workspaceId, model },
    context: CONTEXT,
  })
  const steps = data?.workspace?.routePreview
  if (!steps) return <p className={styles.route}>&nbsp;</p>
  const asked = steps.filter((step) => step.model !== null)
  if (!asked.length)
    return (
      <div className={styles.noRoute}>
        <p>{t('routeNone')}</p>
        <ul>
          {steps.map(({ providerKey, reason }) => (
            <li key={providerKey.id}>{t('routePassed', { label: providerKey.label, reason })}</li>
          ))}
        </ul>
      </div>
    )
  return (
    <ol className={styles.route} aria-label={t('route')}>
      {asked.map(({ providerKey, model: name }, index) => (
        <li key={providerKey.id}>
          {index > 0 && <Icon name="arrow" size={12} />}
          {name === model
            ? providerKey.label
            : t('routeAs', { label: providerKey.label, model: name ?? '' })}
        </li>
      ))}
    </ol>
  )
}
