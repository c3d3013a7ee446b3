import { Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useT } from '../i18n/i18n'
import { startingWorkspace, useSession } from '../lib/session'
import { useHotkeys } from '../lib/useHotkeys'
import { ToastProvider } from '../ui/Toast'
import { Header } from './Header'
import { PAGES } from './pages'
import { Sidebar } from './Sidebar'
import styles from './Shell.module.css'

// Nobody needs these for the first look.
const CommandMenu = lazy(() => import('./CommandMenu'))
const Shortcuts = lazy(() => import('./Shortcuts'))
const NewWorkspace = lazy(() => import('./NewWorkspace'))

export type Overlay = 'commands' | 'shortcuts' | 'newWorkspace'

/** The frame of every page behind the log-in. */
export default function Shell() {
  const t = useT('common')
  const session = useSession()
  const params = useParams({ strict: false })
  const current =
    session.workspaces.find(({ id }) => id === params.workspaceId) ?? startingWorkspace(session)
  const [overlay, open] = useState<Overlay | null>(null)
  useGlobalHotkeys(current?.id, open)
  const close = () => open(null)

  return (
    <ToastProvider>
      <div className={styles.shell}>
        <a href="#content" className={styles.skip}>
          {t('skip')}
        </a>
        <Header session={session} current={current} onOpen={open} />
        {current && <Sidebar workspaceId={current.id} />}
        <main id="content" tabIndex={-1} className={styles.main}>
          <Outlet />
        </main>
        <Suspense>
          {overlay === 'commands' && (
            <CommandMenu session={session} current={current} onOpen={open} onClose={close} />
          )}
          {overlay === 'shortcuts' && <Shortcuts onClose={close} />}
          {overlay === 'newWorkspace' && <NewWorkspace onClose={close} />}
        </Suspense>
      </div>
    </ToastProvider>
  )
}

function useGlobalHotkeys(workspaceId: string | undefined, open: (overlay: Overlay) => void) {
  const navigate = useNavigate()
  const go = (to: (typeof PAGES)[number]['to']) => () => {
    if (workspaceId) void navigate({ to, params: { workspaceId } })
  }
  useHotkeys({
    ...Object.fromEntries(PAGES.map(({ hotkey, to }) => [hotkey, go(to)])),
    'mod+k': () => open('commands'),
    '?': () => open('shortcuts'),
  })
}
