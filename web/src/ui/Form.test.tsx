import { fireEvent, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import type { Problem } from '../lib/errors'
import { renderPage } from '../testing/render'
import { TextField } from './Field'
import { Form } from './Form'

const submit = () =>
  fireEvent.submit(screen.getByLabelText('E-mail').closest('form') ?? document.body)

test('what does not pass is said at its field, and nothing is sent', async () => {
  const onSubmit = vi.fn<() => void>()
  await renderPage(
    <Form onSubmit={onSubmit}>
      <TextField name="email" type="email" label="E-mail" required />
    </Form>,
  )

  submit()

  const field = screen.getByLabelText('E-mail')
  expect(screen.getByRole('alert').textContent).toBe('Fill this in.')
  expect(field.getAttribute('aria-invalid')).toBe('true')
  expect(document.activeElement).toBe(field)
  expect(onSubmit).not.toHaveBeenCalled()

  fireEvent.input(field, { target: { value: 'ada@example.com' } })

  expect(screen.queryByRole('alert')).toBeNull()
})

test("the server's complaints stand at their field, or else above the form", async () => {
  const problems: Problem[] = [
    { code: 'CONFLICT', field: 'email', message: 'Taken.' },
    { code: 'FORBIDDEN', field: null, message: 'Closed.' },
  ]
  await renderPage(
    <Form onSubmit={() => {}} problems={problems}>
      <TextField name="email" type="email" label="E-mail" defaultValue="ada@example.com" />
    </Form>,
  )

  submit()

  expect(screen.getAllByRole('alert').map((alert) => alert.textContent)).toEqual([
    'Closed.',
    'Taken.',
  ])
})
