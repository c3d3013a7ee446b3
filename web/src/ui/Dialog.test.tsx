import { fireEvent, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { renderPage } from '../testing/render'
import { Dialog } from './Dialog'
import { TextField } from './Field'
import { Form } from './Form'

test('a click beside a form closes it, unless something has been typed', async () => {
  const onClose = vi.fn<() => void>()
  await renderPage(
    <Dialog title="New key" onClose={onClose}>
      <Form onSubmit={() => {}}>
        <TextField name="name" label="Name" />
      </Form>
    </Dialog>,
  )
  const dialog = screen.getByRole('dialog')

  fireEvent.mouseDown(dialog)
  expect(onClose).toHaveBeenCalledTimes(1)

  fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'Production' } })
  fireEvent.mouseDown(dialog)
  expect(onClose).toHaveBeenCalledTimes(1)
})
