type Example = { query: string; variables?: string }

/**
 * Operations of each area about this workspace; an id that is empty here comes from another area.
 * The first one has no variables: GraphiQL would not show them.
 */
export function examplesFor(workspaceId: string): Example[] {
  return [
    {
      query: `# Who am I, and where?
query Me {
  me { id name email createdAt }
  workspaces { id name createdAt }
}

mutation LogOut {
  logout
}

mutation LogOutEverywhere {
  logoutEverywhere
}
`,
    },
    {
      query: `# Accounts: this signs the browser in.
mutation SignUp($signup: SignupInput!) {
  signup(input: $signup) {
    user { id } workspace { id name }
    apiKey
  }
}

mutation LogIn($login: LoginInput!) {
  login(input: $login) {
    user { id name }
    token
  }
}

mutation UpdateAccount($name: String) {
  updateAccount(name: $name) { id name }
}

mutation ChangePassword($current: String!, $new: String!) {
  changePassword(current: $current, new: $new)
}
`,
      variables: variables({
        signup: { email: 'you@example.com', password: '', name: 'You' },
        login: { email: 'you@example.com', password: '' },
        name: 'You',
        current: '',
        new: '',
      }),
    },
    {
      query: `# Workspaces: everything else belongs to one.
query Workspace($workspaceId: ID!) {
  workspace(id: $workspaceId) {
    id name createdAt
    usage { requests failedRequests inputTokens outputTokens costUsd }
  }
}

mutation CreateWorkspace($name: String!) { createWorkspace(name: $name) { id name } }

mutation RenameWorkspace($workspaceId: ID!, $name: String!) {
  updateWorkspace(id: $workspaceId, name: $name) { id name }
}
`,
      variables: variables({ workspaceId, name: 'Staging' }),
    },
    {
      query: `# This server, and the providers it knows.
query Server {
  server {
    baseUrl version
    signupOpen simulatedProvider
  }
  providers {
    name label needsBaseUrl
    defaultBaseUrl suggestedFallbackModel
  }
}
`,
    },
    {
      query: `# Provider keys, in the order of trying.
query ProviderKeys($workspaceId: ID!) {
  workspace(id: $workspaceId) {
    providerKeys {
      id provider label baseUrl keyHint priority enabled defaultModel
      modelMap { requested target }
      lastAttemptAt lastError { at statusCode message }
    }
  }
}

# One for a simulated provider, for who has none yet.
mutation AddSimulatedProviderKey($workspaceId: ID!) {
  addSimulatedProviderKey(workspaceId: $workspaceId) { id label priority }
}

mutation AddProviderKey($add: AddProviderKeyInput!) {
  addProviderKey(input: $add) { id label priority }
}

mutation TestProviderKey($id: ID!) { testProviderKey(id: $id) { ok durationMs errorMessage } }

mutation UpdateProviderKey($update: UpdateProviderKeyInput!) {
  updateProviderKey(input: $update) { id enabled modelMap { requested target } }
}

mutation ReorderProviderKeys($workspaceId: ID!, $ids: [ID!]!) {
  reorderProviderKeys(workspaceId: $workspaceId, ids: $ids) { id label priority }
}

mutation DeleteProviderKey($id: ID!) {
  deleteProviderKey(id: $id)
}
`,
      variables: variables({
        workspaceId,
        add: { workspaceId, provider: 'OPENAI', apiKey: '', defaultModel: 'gpt-4o-mini' },
        id: '',
        update: { id: '', enabled: true, modelMap: [{ requested: 'fast', target: 'gpt-4o-mini' }] },
        ids: [],
      }),
    },
    {
      query: `# What would happen with a model.
query Route($workspaceId: ID!, $model: String!) {
  workspace(id: $workspaceId) {
    routePreview(model: $model) {
      providerKey { label provider }
      model
      reason
    }
    usedModels
  }
}
`,
      variables: variables({ workspaceId, model: 'gpt-4o-mini' }),
    },
    {
      query: `# API keys: programs call the route with them.
query ApiKeys($workspaceId: ID!) {
  workspace(id: $workspaceId) {
    apiKeys {
      id name prefix active lastUsedAt expiresAt revokedAt
      usage(days: 30) { requests costUsd }
    }
  }
}

mutation CreateApiKey($workspaceId: ID!, $name: String!) {
  createApiKey(workspaceId: $workspaceId, name: $name) {
    secret apiKey { id prefix }
  }
}

# One that ends within the hour.
mutation CreatePlaygroundKey($workspaceId: ID!) {
  createPlaygroundKey(workspaceId: $workspaceId) {
    secret
    apiKey { id expiresAt }
  }
}

mutation RevokeApiKey($id: ID!) { revokeApiKey(id: $id) { id active revokedAt } }

mutation DeleteApiKey($id: ID!) {
  deleteApiKey(id: $id)
}
`,
      variables: variables({ workspaceId, name: 'My app', id: '' }),
    },
    {
      query: `# The log, newest first; after: endCursor goes on.
query Logs($workspaceId: ID!, $filter: LogFilter, $after: String) {
  workspace(id: $workspaceId) {
    logs(first: 20, after: $after, filter: $filter) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        id createdAt requestedModel model providerUsed statusCode
        inputTokens outputTokens costUsd durationMs timeToFirstTokenMs errorMessage
        apiKey { name }
        attempts { provider label model statusCode durationMs errorMessage }
      }
    }
  }
}

# One row, by the x-request-id of its answer.
query LogRow($workspaceId: ID!, $logId: ID!) {
  workspace(id: $workspaceId) {
    log(id: $logId) {
      id statusCode model notes errorCode errorMessage
      attempts { label statusCode durationMs }
    }
  }
}
`,
      variables: variables({ workspaceId, filter: { succeeded: false }, after: null, logId: '' }),
    },
    {
      query: `# Each request as it ends: run it, then send one.
subscription Live($workspaceId: ID!) {
  requestLogged(workspaceId: $workspaceId) {
    id model providerUsed statusCode durationMs
  }
}
`,
      variables: variables({ workspaceId }),
    },
    {
      query: `# Usage: the last days, and the days before them.
query Usage($workspaceId: ID!, $filter: UsageFilter) {
  workspace(id: $workspaceId) {
    usageSummary(days: 7, filter: $filter) {
      current { ...Totals }
      previous { ...Totals }
    }
    usageByProvider(days: 7, filter: $filter) { provider requests costUsd averageDurationMs }
    usageByModel(days: 7, filter: $filter) { model requests inputTokens outputTokens costUsd }
    usageByApiKey(days: 7, filter: $filter) { apiKey { name } requests costUsd }
    usageSeries(days: 30, groupBy: MODEL, top: 6, filter: $filter) { day group other requests }
  }
}

fragment Totals on UsagePeriod {
  since until requests failedRequests costUsd p50DurationMs p95DurationMs
}
`,
      variables: variables({ workspaceId, filter: null }),
    },
  ]
}

function variables(values: object): string {
  return JSON.stringify(values, null, 2)
}
