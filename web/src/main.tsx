import './ui/tokens.css'
import './ui/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/App'
import { loadAll } from './i18n/catalogue'
import { preferredLanguage } from './i18n/i18n'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root.')

const language = preferredLanguage()
await loadAll(language)
createRoot(root).render(
  <StrictMode>
    <App language={language} />
  </StrictMode>,
)
