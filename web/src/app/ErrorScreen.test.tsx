import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { renderPage } from '../testing/render'
import { ErrorScreen } from './ErrorScreen'

test.each([
  'Failed to fetch',
  'error loading dynamically imported module',
  'Unable to preload CSS for /assets/UsagePage.css',
])('that the gateway is gone is said in these words: %s', async (message) => {
  await renderPage(<ErrorScreen error={new Error(message)} reset={() => {}} />)

  expect(screen.getByText(/^The gateway does not answer\./)).toBeTruthy()
})

test('any other error is the page’s own', async () => {
  await renderPage(<ErrorScreen error={new TypeError('x is undefined')} reset={() => {}} />)

  expect(screen.getByText(/^This page stumbled/)).toBeTruthy()
})
