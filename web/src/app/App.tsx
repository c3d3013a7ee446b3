import { RouterProvider } from '@tanstack/react-router'
import { useMemo } from 'react'
import { Provider } from 'urql'
import type { Language } from '../i18n/catalogue'
import { I18nProvider } from '../i18n/i18n'
import { createClient } from '../lib/client'
import { isEndOfSessionExpected } from '../lib/leaving'
import { router } from './router'

/** The whole dashboard. */
export function App({ language }: { language: Language }) {
  const client = useMemo(() => createClient(leave), [])
  return (
    <I18nProvider initial={language}>
      <Provider value={client}>
        <RouterProvider router={router} context={{ client }} />
      </Provider>
    </I18nProvider>
  )
}

/** To the log-in page and back afterwards. A fresh page: nothing of the ended session stays in memory. */
function leave() {
  const { pathname, search, hash } = location
  if (isEndOfSessionExpected() || pathname === '/login' || pathname === '/signup') return
  location.replace(`/login?${new URLSearchParams({ next: pathname + search + hash }).toString()}`)
}
