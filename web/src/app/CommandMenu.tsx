import { useNavigate } from '@tanstack/react-router'
import { useId, useState, type KeyboardEvent } from 'react'
import { LANGUAGES, useLanguage, useT } from '../i18n/i18n'
import type { Session, Workspace } from '../lib/session'
import { useTheme } from '../lib/theme'
import { useModal } from '../ui/Dialog'
import { Icon, type IconName } from '../ui/icons'
import styles from './CommandMenu.module.css'
import { PAGES } from './pages'
import type { Overlay } from './Shell'
import { useLogOut } from './useLogOut'

type Command = { key: string; label: string; icon: IconName; keys?: string; run: () => void }
type CommandMenuProps = {
  session: Session
  current: Workspace | undefined
  onOpen: (overlay: Overlay) => void
  onClose: () => void
}

/** Everything one can go to or do, found by typing. */
export default function CommandMenu(props: CommandMenuProps) {
  const t = useT('common')
  const id = useId()
  const dialog = useModal()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const found = useCommands(props).filter(({ label }) => matches(label, query))

  function choose(command: Command | undefined) {
    if (!command) return
    props.onClose()
    command.run()
  }

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Enter') choose(found[at])
    else if (!step || !found.length) return
    else setAt((at + step + found.length) % found.length)
    event.preventDefault()
  }

  return (
    // The mouse only adds to Esc.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={dialog}
      aria-label={t('commands')}
      className={styles.dialog}
      onClose={props.onClose}
      onMouseDown={(event) => event.target === event.currentTarget && props.onClose()}
    >
      <div className={styles.input}>
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found[at] && `${id}-${found[at].key}`}
          aria-label={t('commandHint')}
          placeholder={t('commandHint')}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul id={id} role="listbox" aria-label={t('commands')} className={styles.list}>
        {found.map((command, index) => (
          // The input has the keyboard.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={command.key}
            id={`${id}-${command.key}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className={styles.item}
            ref={index === at ? show : undefined}
            onPointerMove={() => setAt(index)}
            onClick={() => choose(command)}
          >
            <Icon name={command.icon} />
            <span className={styles.label}>{command.label}</span>
            {command.keys?.split(' ').map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </li>
        ))}
      </ul>
      {!found.length && <p className={styles.none}>{t('commandNone', { query })}</p>}
    </dialog>
  )
}

function useCommands({ session, current, onOpen }: CommandMenuProps): Command[] {
  const t = useT('common')
  const navigate = useNavigate()
  const logOut = useLogOut()
  const { language, setLanguage } = useLanguage()
  const [, setTheme] = useTheme()
  const workspaceId = current?.id ?? ''
  const go =
    (
      to: (typeof PAGES)[number]['to'] | '/w/$workspaceId/start' | '/w/$workspaceId/workspace',
      id = workspaceId,
    ) =>
    () =>
      void navigate({ to, params: { workspaceId: id } })
  const other = language === 'en' ? 'pt' : 'en'
  return [
    ...PAGES.map(({ key, to, hotkey }) => ({
      key,
      label: t('goTo', { page: t(key) }),
      icon: key,
      keys: hotkey,
      run: go(to),
    })),
    {
      key: 'start',
      label: t('goTo', { page: t('start') }),
      icon: 'bolt',
      run: go('/w/$workspaceId/start'),
    },
    {
      key: 'settings',
      label: t('goTo', { page: t('workspaceSettings') }),
      icon: 'workspace',
      run: go('/w/$workspaceId/workspace'),
    },
    {
      key: 'account',
      label: t('goTo', { page: t('account') }),
      icon: 'account',
      run: () => void navigate({ to: '/account' }),
    },
    {
      key: 'graphiql',
      label: t('openGraphiql'),
      icon: 'code',
      run: () => location.assign('/graphiql'),
    },
    ...session.workspaces
      .filter(({ id }) => id !== current?.id)
      .map(({ id, name }): Command => ({
        key: id,
        label: t('switchTo', { name }),
        icon: 'workspace',
        run: go('/w/$workspaceId', id),
      })),
    { key: 'new', label: t('newWorkspace'), icon: 'plus', run: () => onOpen('newWorkspace') },
    {
      key: 'light',
      label: `${t('theme')}: ${t('themeLight')}`,
      icon: 'sun',
      run: () => setTheme('light'),
    },
    {
      key: 'dark',
      label: `${t('theme')}: ${t('themeDark')}`,
      icon: 'moon',
      run: () => setTheme('dark'),
    },
    {
      key: 'system',
      label: `${t('theme')}: ${t('themeSystem')}`,
      icon: 'system',
      run: () => setTheme('system'),
    },
    {
      key: 'language',
      label: `${t('language')}: ${LANGUAGES[other]}`,
      icon: 'language',
      run: () => void setLanguage(other),
    },
    {
      key: 'shortcuts',
      label: t('shortcuts'),
      icon: 'code',
      keys: '?',
      run: () => onOpen('shortcuts'),
    },
    { key: 'logout', label: t('logOut'), icon: 'logout', run: logOut },
  ]
}

/** Whether each word of the query stands in the label, whatever the case and the accents. */
function matches(label: string, query: string): boolean {
  const words = bare(query).split(/\s+/)
  return words.every((word) => bare(label).includes(word))
}

function bare(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

function show(element: HTMLElement | null) {
  element?.scrollIntoView({ block: 'nearest' })
}
