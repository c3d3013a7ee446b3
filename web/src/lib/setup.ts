import { usePreference, writePreference } from './preferences'

/** What tells how far a workspace has been set up. */
export type SetupFacts = {
  providerKeys: readonly { enabled: boolean }[]
  apiKeys: readonly { active: boolean; name: string }[]
  /** How many requests there ever were. */
  requests: number
}

/** Which steps of the first run are done. */
export type SetupSteps = { provider: boolean; key: boolean; request: boolean }

const PLAYGROUND = 'playground'

/** How far the first run has come. A key that the playground made for itself is nobody's key. */
export function setupSteps({ providerKeys, apiKeys, requests }: SetupFacts): SetupSteps {
  return {
    provider: providerKeys.some(({ enabled }) => enabled),
    key: apiKeys.some(isOwnKey),
    request: requests > 0,
  }
}

/** Whether a key opens the route and was made by a person. */
export function isOwnKey({ active, name }: { active: boolean; name: string }): boolean {
  return active && name !== PLAYGROUND
}

/** Whether the workspace's checklist was dismissed in this browser, and how to do that. */
export function useSetupDismissed(workspaceId: string): [boolean, () => void] {
  const dismissed = (usePreference('setup-dismissed') ?? '').split(' ')
  const dismiss = () =>
    writePreference('setup-dismissed', [...dismissed, workspaceId].join(' ').trim())
  return [dismissed.includes(workspaceId), dismiss]
}
