import { render, type RenderResult } from '@testing-library/react'
import type { Client } from '@urql/core'
import type { ReactNode } from 'react'
import { Provider } from 'urql'
import { load, type Area, type Language } from '../i18n/catalogue'
import { I18nProvider } from '../i18n/i18n'
import { WorkspaceContext } from '../lib/session'
import { ToastProvider } from '../ui/Toast'

type Setting = { areas?: Area[]; language?: Language; client?: Client }

/** Renders something as a page of a workspace sees it. `client`: a fake, `{ executeQuery: () => fromValue(…) }`. */
export async function renderPage(content: ReactNode, setting: Setting = {}): Promise<RenderResult> {
  const { areas = [], language = 'en', client = {} as Client } = setting
  const wanted: Area[] = ['common', 'auth', ...areas]
  await Promise.all(wanted.map((area) => load(language, area)))
  return render(
    <I18nProvider initial={language}>
      <Provider value={client}>
        <ToastProvider>
          <WorkspaceContext value={{ id: 'workspace-1', name: 'Default Workspace' }}>
            {content}
          </WorkspaceContext>
        </ToastProvider>
      </Provider>
    </I18nProvider>,
  )
}
