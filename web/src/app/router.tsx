import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import type { Client } from '@urql/core'
import type { ComponentType } from 'react'
import { logsSearch } from '../features/logs/search'
import { overviewSearch } from '../features/overview/search'
import { playgroundSearch } from '../features/playground/search'
import { providersSearch } from '../features/providers/search'
import { usageSearch } from '../features/usage/search'
import type { Area } from '../i18n/catalogue'
import { loadTexts } from '../i18n/i18n'
import { writePreference } from '../lib/preferences'
import { fetchSession, startingWorkspace } from '../lib/session'
import { parseSearch, safeNext, stringifySearch, type Search } from '../lib/url'
import { Skeleton } from '../ui/Skeleton'
import { Door } from './Door'
import { ErrorScreen, FirstErrorScreen, LostPage, NotFound } from './ErrorScreen'
import { WorkspaceScope } from './WorkspaceScope'

/** A page and its texts, fetched together when it is first gone to or pointed at. */
function page(areas: Area | Area[], load: () => Promise<{ default: ComponentType }>) {
  return lazyRouteComponent(async () => {
    const [module] = await Promise.all([load(), ...[areas].flat().map(loadTexts)])
    return module
  })
}

const overviewPage = page(
  ['overview', 'figures'],
  () => import('../features/overview/OverviewPage'),
)

const root = createRootRouteWithContext<{ client: Client }>()({
  notFoundComponent: LostPage,
  beforeLoad({ matches }) {
    // The code comes along with the session, not after it. Whoever is signed in goes on from / to the overview.
    for (const { routeId } of matches) {
      const { component } = router.routesById[routeId].options
      const wanted = routeId === home.id ? overviewPage : component
      void wanted?.preload?.()
    }
  },
})

// Before the log-in.

const door = createRoute({
  getParentRoute: () => root,
  id: 'door',
  component: () => <Door />,
  errorComponent: FirstErrorScreen,
  validateSearch: ({ next }: Search): { next?: string | undefined } => ({ next: safeNext(next) }),
  async beforeLoad({ context, search }) {
    if (await fetchSession(context.client)) throw redirect({ href: search.next ?? '/' })
  },
})
const login = createRoute({
  getParentRoute: () => door,
  path: '/login',
  component: page('auth', () => import('../features/auth/LoginPage')),
})
const signup = createRoute({
  getParentRoute: () => door,
  path: '/signup',
  component: page('auth', () => import('../features/auth/SignupPage')),
})

// Behind it.

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  component: lazyRouteComponent(() => import('./Shell')),
  notFoundComponent: () => <NotFound />,
  errorComponent: FirstErrorScreen,
  async beforeLoad({ context, location }) {
    const session = await fetchSession(context.client)
    const next = location.href === '/' ? undefined : location.href
    if (!session) throw redirect({ to: '/login', search: { next } })
    return { session }
  },
})
const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad({ context }) {
    const workspace = startingWorkspace(context.session)
    if (workspace) throw redirect({ to: '/w/$workspaceId', params: { workspaceId: workspace.id } })
  },
})
const account = createRoute({
  getParentRoute: () => app,
  path: '/account',
  component: page('workspace', () => import('../features/workspace/AccountPage')),
})

const workspace = createRoute({
  getParentRoute: () => app,
  path: '/w/$workspaceId',
  component: WorkspaceScope,
  onEnter: ({ params }) => writePreference('workspace', params.workspaceId),
  onStay: ({ params }) => writePreference('workspace', params.workspaceId),
})
const overview = createRoute({
  getParentRoute: () => workspace,
  path: '/',
  validateSearch: overviewSearch,
  component: overviewPage,
})
const start = createRoute({
  getParentRoute: () => workspace,
  path: '/start',
  component: page('onboarding', () => import('../features/onboarding/OnboardingPage')),
})
const providers = createRoute({
  getParentRoute: () => workspace,
  path: '/providers',
  validateSearch: providersSearch,
  component: page('providers', () => import('../features/providers/ProvidersPage')),
})
const keys = createRoute({
  getParentRoute: () => workspace,
  path: '/keys',
  component: page('keys', () => import('../features/keys/KeysPage')),
})
const logs = createRoute({
  getParentRoute: () => workspace,
  path: '/logs',
  validateSearch: logsSearch,
  component: page('logs', () => import('../features/logs/LogsPage')),
})
const usage = createRoute({
  getParentRoute: () => workspace,
  path: '/usage',
  validateSearch: usageSearch,
  component: page(['usage', 'figures'], () => import('../features/usage/UsagePage')),
})
const playground = createRoute({
  getParentRoute: () => workspace,
  path: '/playground',
  validateSearch: playgroundSearch,
  component: page('playground', () => import('../features/playground/PlaygroundPage')),
})
const settings = createRoute({
  getParentRoute: () => workspace,
  path: '/workspace',
  component: page('workspace', () => import('../features/workspace/WorkspacePage')),
})

export const router = createRouter({
  routeTree: root.addChildren([
    door.addChildren([login, signup]),
    app.addChildren([
      home,
      account,
      workspace.addChildren([overview, start, providers, keys, logs, usage, playground, settings]),
    ]),
  ]),
  // App provides it.
  context: { client: undefined as unknown as Client },
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultPendingComponent: Skeleton,
  defaultPendingMs: 300,
  defaultErrorComponent: ErrorScreen,
  scrollRestoration: true,
})

// Whoever cannot see the page change hears its heading.
router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
  if (fromLocation && pathChanged)
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
