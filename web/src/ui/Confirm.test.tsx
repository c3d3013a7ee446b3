import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { renderPage } from '../testing/render'
import { Confirm } from './Confirm'

const question = {
  title: 'Delete it?',
  lead: 'That cannot be undone.',
  action: 'Delete',
  onConfirm: () => {},
  onClose: () => {},
}

test('a question begins at what does no harm', async () => {
  await renderPage(<Confirm {...question} />)

  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Cancel' }))
})

test('a question that wants a text begins at its field', async () => {
  await renderPage(<Confirm {...question} typed={{ text: 'it', label: 'Name' }} />)

  expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Name' }))
})

test('what went wrong is said in the dialog', async () => {
  const problems = [{ code: 'NOT_FOUND', field: 'id', message: 'There is none.' }] as const
  await renderPage(<Confirm {...question} problems={problems} />)

  expect(screen.getByRole('dialog').textContent).toContain('There is none.')
})
