import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { Icon } from '../ui/icons'
import { PAGES } from './pages'
import styles from './Sidebar.module.css'

/** The pages of a workspace; a bar below the header where there is no room beside the page. */
export function Sidebar({ workspaceId }: { workspaceId: string }) {
  const t = useT('common')
  return (
    <nav aria-label={t('menuMain')} className={styles.sidebar}>
      <ul className={styles.list}>
        {PAGES.map(({ key, to }) => (
          <li key={key}>
            <Link
              to={to}
              params={{ workspaceId }}
              activeOptions={{ exact: key === 'overview', includeSearch: false }}
              className={styles.link}
            >
              <Icon name={key} />
              {t(key)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
