import { Link, useNavigate } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import type { Session, Workspace } from '../lib/session'
import { IconButton } from '../ui/Button'
import { Icon, Logo } from '../ui/icons'
import { Menu } from '../ui/Menu'
import styles from './Header.module.css'
import { Preferences } from './Preferences'
import type { Overlay } from './Shell'
import { useLogOut } from './useLogOut'

type HeaderProps = {
  session: Session
  current: Workspace | undefined
  onOpen: (overlay: Overlay) => void
}

export function Header({ session, current, onOpen }: HeaderProps) {
  const t = useT('common')
  const logOut = useLogOut()
  return (
    <header className={styles.header}>
      <div className={styles.begin}>
        <Link to="/" className={styles.logo} aria-label="Perpetuo">
          <Logo />
          <span className={styles.name}>Perpetuo</span>
        </Link>
        <Switcher workspaces={session.workspaces} current={current} onOpen={onOpen} />
      </div>
      <button type="button" className={styles.search} onClick={() => onOpen('commands')}>
        <Icon name="search" />
        <span>{t('search')}</span>
        <kbd>{isMac() ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <div className={styles.end}>
        <Preferences />
        <Link
          to="/account"
          className={styles.account}
          aria-label={`${t('account')}: ${session.me.email}`}
          title={session.me.email}
        >
          <Icon name="account" />
          <span>{session.me.email}</span>
        </Link>
        <IconButton icon="logout" label={t('logOut')} onClick={logOut} />
      </div>
    </header>
  )
}

function Switcher({
  workspaces,
  current,
  onOpen,
}: Omit<HeaderProps, 'session'> & { workspaces: Workspace[] }) {
  const t = useT('common')
  const navigate = useNavigate()
  const go = (workspaceId: string) => () =>
    void navigate({ to: '/w/$workspaceId', params: { workspaceId } })
  return (
    <Menu
      label={`${t('workspace')}: ${current?.name ?? ''}`}
      className={styles.switcher}
      items={[
        ...workspaces.map(({ id, name }) => ({
          key: id,
          label: name,
          checked: id === current?.id,
          onSelect: go(id),
        })),
        ...(current
          ? [
              {
                key: 'settings',
                label: t('workspaceSettings'),
                icon: 'workspace' as const,
                onSelect: () =>
                  void navigate({
                    to: '/w/$workspaceId/workspace',
                    params: { workspaceId: current.id },
                  }),
              },
            ]
          : []),
        {
          key: 'new',
          label: t('newWorkspace'),
          icon: 'plus',
          onSelect: () => onOpen('newWorkspace'),
        },
      ]}
    >
      <span className={styles.workspace}>{current?.name}</span>
      <Icon name="updown" size={14} />
    </Menu>
  )
}

function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent)
}
