/** The pages of a workspace as the sidebar lists them, with the keys that lead there. */
export const PAGES = [
  { key: 'overview', to: '/w/$workspaceId', hotkey: 'g o' },
  { key: 'providers', to: '/w/$workspaceId/providers', hotkey: 'g p' },
  { key: 'keys', to: '/w/$workspaceId/keys', hotkey: 'g k' },
  { key: 'logs', to: '/w/$workspaceId/logs', hotkey: 'g l' },
  { key: 'usage', to: '/w/$workspaceId/usage', hotkey: 'g u' },
  { key: 'playground', to: '/w/$workspaceId/playground', hotkey: 'g y' },
] as const
