import { act, renderHook } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { readPreference, usePreference, writePreference } from './preferences'

afterEach(() => {
  vi.restoreAllMocks()
  writePreference('theme', null)
})

test('a choice is kept, heard of, and forgotten', () => {
  const { result } = renderHook(() => usePreference('theme'))

  act(() => writePreference('theme', 'dark'))
  expect(result.current).toBe('dark')
  expect(localStorage.getItem('perpetuo-theme')).toBe('dark')

  act(() => writePreference('theme', null))
  expect(result.current).toBeNull()
})

function blocked(): never {
  throw new DOMException('blocked', 'SecurityError')
}

test('where storage is blocked a choice lasts as long as the page', () => {
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(blocked)
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(blocked)
  vi.spyOn(Storage.prototype, 'removeItem').mockImplementation(blocked)

  writePreference('theme', 'dark')
  expect(readPreference('theme')).toBe('dark')

  writePreference('theme', null)
  expect(readPreference('theme')).toBeNull()
})
