import './workers'
import 'graphiql/style.css'
import './graphiql.css'
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import { createClient } from 'graphql-ws'
import { createRoot } from 'react-dom/client'
import { CSRF_HEADERS } from '../lib/client'
import { readPreference } from '../lib/preferences'
import { examplesFor } from './examples'
import { createMemory } from './memory'
import { Operations } from './Operations'
import { currentWorkspaceId } from './workspace'

const root = document.getElementById('root')
if (!root) throw new Error('graphiql.html has no #root.')

// The session's cookie signs in both: the requests, and the socket of the subscriptions.
const fetcher = createGraphiQLFetcher({
  url: '/graphql',
  headers: CSRF_HEADERS,
  wsClient: createClient({ url: `${location.origin.replace(/^http/, 'ws')}/graphql`, lazy: true }),
})
const theme = readPreference('theme')

createRoot(root).render(
  <main>
    <h1>GraphiQL</h1>
    <GraphiQL
      fetcher={fetcher}
      storage={createMemory()}
      defaultTabs={examplesFor(await currentWorkspaceId())}
      defaultEditorToolsVisibility="variables"
      defaultTheme={theme === 'light' || theme === 'dark' ? theme : null}
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo>
        <Operations />
        <a href="/" className="home">
          Perpetuo
        </a>
      </GraphiQL.Logo>
    </GraphiQL>
  </main>,
)
