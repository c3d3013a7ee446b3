import { useT } from '../../../i18n/i18n'
import { useFreshKey } from '../../../lib/freshKeys'
import { useWorkspace } from '../../../lib/session'
import { CodeTabs } from '../../../ui/CodeSnippet'
import { Dialog } from '../../../ui/Dialog'
import { codeOf } from '../code'
import { isAssured, type ChatRequest, type Settings } from '../request'

type ViewCodeProps = {
  request: ChatRequest
  settings: Settings
  baseUrl: string
  onClose: () => void
}

/** The conversation as a program: with the user's own key where one is at hand, never with the playground's. */
export function ViewCode({ request, settings, baseUrl, onClose }: ViewCodeProps) {
  const t = useT('playground')
  const apiKey = useFreshKey(useWorkspace().id)
  return (
    <Dialog title={t('codeTitle')} lead={t('codeLead')} size="wide" onClose={onClose}>
      <CodeTabs
        label={t('viewCode')}
        snippets={codeOf(request, { baseUrl, apiKey, assured: isAssured(settings) })}
      />
    </Dialog>
  )
}
