import { Link } from '@tanstack/react-router'
import { useWorkspace } from '../../../lib/session'
import styles from '../Overview.module.css'
import type { OverviewSearch } from '../search'

type ChoiceProps = {
  label: string
  choices: readonly {
    key: string | number
    label: string
    search: OverviewSearch
    chosen: boolean
  }[]
}

/** A choice between few, each with an address of its own. */
export function Choice({ label, choices }: ChoiceProps) {
  const { id: workspaceId } = useWorkspace()
  return (
    <nav aria-label={label}>
      <ul className={styles.choice}>
        {choices.map(({ key, label: text, search, chosen }) => (
          <li key={key}>
            <Link
              to="/w/$workspaceId"
              params={{ workspaceId }}
              search={search}
              replace
              resetScroll={false}
              // The router compares addresses as texts, and so misses some.
              aria-current={chosen ? 'page' : undefined}
              activeOptions={{ exact: true }}
              className={styles.option}
            >
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
