import { useEffect, useId, useRef, type ReactNode } from 'react'
import { useT } from '../../../i18n/i18n'
import { Icon } from '../../../ui/icons'
import styles from '../Onboarding.module.css'

type StepProps = {
  number: number
  title: string
  lead?: ReactNode
  done: boolean
  children: ReactNode
}

/** A step of the checklist. When it is done and the button that did it is gone, its heading has the focus. */
export function Step({ number, title, lead, done, children }: StepProps) {
  const t = useT('onboarding')
  const id = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  const wasDone = useRef(done)
  useEffect(() => {
    if (done && !wasDone.current && document.activeElement === document.body)
      heading.current?.focus({ preventScroll: true })
    wasDone.current = done
  }, [done])
  return (
    <li className={styles.step} aria-labelledby={id} data-done={done || undefined}>
      <span className={styles.mark} aria-hidden="true">
        {done ? <Icon name="check" /> : number}
      </span>
      <div className={styles.body}>
        <h2 id={id} ref={heading} tabIndex={-1} className={styles.title}>
          {title}
          {done && <span className="visually-hidden"> ({t('done')})</span>}
        </h2>
        {lead && <p className={styles.lead}>{lead}</p>}
        {children}
      </div>
    </li>
  )
}
