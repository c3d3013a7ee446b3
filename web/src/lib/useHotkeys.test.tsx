import { fireEvent, render } from '@testing-library/react'
import { useLayoutEffect } from 'react'
import { beforeEach, expect, test, vi } from 'vitest'
import { writePreference } from './preferences'
import { useHotkeys, type Hotkeys } from './useHotkeys'

function Page({ hotkeys }: { hotkeys: Hotkeys }) {
  useHotkeys(hotkeys)
  return <input aria-label="field" />
}

beforeEach(() => writePreference('shortcuts', null))

test('a key, a sequence and a chord call their handlers', () => {
  const [j, logs, menu] = [vi.fn<() => void>(), vi.fn<() => void>(), vi.fn<() => void>()]
  render(<Page hotkeys={{ j, 'g l': logs, 'mod+k': menu }} />)

  for (const key of ['j', 'g', 'l']) fireEvent.keyDown(document.body, { key })
  fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true })

  expect([j, logs, menu].map((handler) => handler.mock.calls.length)).toEqual([1, 1, 1])
})

test('who types is not interrupted, but for chords', () => {
  const [j, menu] = [vi.fn<() => void>(), vi.fn<() => void>()]
  const page = render(<Page hotkeys={{ j, 'mod+k': menu }} />)
  const field = page.getByLabelText('field')

  fireEvent.keyDown(field, { key: 'j' })
  fireEvent.keyDown(field, { key: 'k', metaKey: true })

  expect([j, menu].map((handler) => handler.mock.calls.length)).toEqual([0, 1])
})

test('single keys can be switched off', () => {
  const j = vi.fn<() => void>()
  render(<Page hotkeys={{ j }} />)
  writePreference('shortcuts', 'off')

  fireEvent.keyDown(document.body, { key: 'j' })

  expect(j).not.toHaveBeenCalled()
})

test('what is pressed as soon as a row is there finds it', () => {
  const found: string[] = []
  function Rows({ row }: { row: string }) {
    useHotkeys({ j: () => found.push(row) })
    // After what is seen has changed, and before anything else.
    useLayoutEffect(() => {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }))
    })
    return <p>{row}</p>
  }

  const page = render(<Rows row="first" />)
  page.rerender(<Rows row="second" />)

  expect(found).toEqual(['first', 'second'])
})
