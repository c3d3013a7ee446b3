import { act, renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'
import { forgetFreshKey, keepFreshKey, useFreshKey } from './freshKeys'

test('a key in clear is there until it no longer opens anything', () => {
  const { result } = renderHook(() => useFreshKey('w'))
  act(() => keepFreshKey('w', 'pk_1234567890'))
  expect(result.current).toBe('pk_1234567890')

  act(() => forgetFreshKey('w', 'pk_other'))
  expect(result.current).toBe('pk_1234567890')

  act(() => forgetFreshKey('w', 'pk_1234'))
  expect(result.current).toBeNull()
})
