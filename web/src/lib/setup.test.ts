import { act, renderHook } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { setupSteps, useSetupDismissed } from './setup'

const NOTHING = { providerKeys: [], apiKeys: [], requests: 0 }

beforeEach(() => localStorage.clear())

test.each([
  { name: 'nothing', facts: {}, steps: { provider: false, key: false, request: false } },
  {
    name: 'keys that are not in use',
    facts: {
      providerKeys: [{ enabled: false }],
      apiKeys: [
        { active: false, name: 'Old' },
        { active: true, name: 'playground' },
      ],
    },
    steps: { provider: false, key: false, request: false },
  },
  {
    name: 'all',
    facts: {
      providerKeys: [{ enabled: true }],
      apiKeys: [{ active: true, name: 'App' }],
      requests: 1,
    },
    steps: { provider: true, key: true, request: true },
  },
])('$name', ({ facts, steps }) => {
  expect(setupSteps({ ...NOTHING, ...facts })).toEqual(steps)
})

test('the checklist is dismissed for one workspace, also after a reload', () => {
  const { result } = renderHook(() => useSetupDismissed('workspace-1'))
  const other = renderHook(() => useSetupDismissed('workspace-2'))
  expect(result.current[0]).toBe(false)

  act(() => result.current[1]())

  expect(result.current[0]).toBe(true)
  expect(other.result.current[0]).toBe(false)
  expect(localStorage.getItem('perpetuo-setup-dismissed')).toBe('workspace-1')
})
