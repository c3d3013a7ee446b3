import { Fragment } from 'react'
import { useT } from '../../../i18n/i18n'
import { reasonOf, type Step } from '../route'
import styles from './RoutePreview.module.css'

/** The way of a model in one line, then each key's part in it and why. */
export function Route({ model, steps }: { model: string; steps: readonly Step[] }) {
  const t = useT('providers')
  const tried = steps.filter((step) => step.model !== null)
  const passedBy = steps.filter((step) => step.model === null)
  return (
    <>
      <p role="status" className={styles.line}>
        <code className={styles.model}>{model}</code>
        {tried.map((step) => (
          <Fragment key={step.providerKey.id}>
            {' → '}
            <span className={styles.stop}>
              <strong>{step.providerKey.label}</strong>
              {step.model !== model && (
                <>
                  {` ${t('as')} `}
                  <code>{step.model}</code>
                </>
              )}
            </span>
          </Fragment>
        ))}
        {tried.length === 0 && (
          <>
            {' → '}
            <strong>{t('nobody')}</strong>
          </>
        )}
      </p>
      {tried.length === 0 && <p className={styles.none}>{t('noRoute')}</p>}
      <Steps title={t('triedInOrder')} steps={tried} isOrdered />
      <Steps title={t('passedBy')} steps={passedBy} />
    </>
  )
}

type StepsProps = { title: string; steps: readonly Step[]; isOrdered?: boolean }

function Steps({ title, steps, isOrdered = false }: StepsProps) {
  const t = useT('providers')
  if (!steps.length) return null
  const List = isOrdered ? 'ol' : 'ul'
  return (
    <section className={styles.steps}>
      <h3 className={styles.subtitle}>{title}</h3>
      <List className={styles.list}>
        {steps.map((step, at) => (
          <li key={step.providerKey.id} className={styles.step}>
            <span className={styles.mark}>{isOrdered ? at + 1 : '–'}</span>
            <span className={styles.why}>
              <span className={styles.name}>{step.providerKey.label}</span>
              <span className={styles.reason}>{reasonOf(step, t)}</span>
            </span>
          </li>
        ))}
      </List>
    </section>
  )
}
