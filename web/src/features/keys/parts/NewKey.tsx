import { useEffect } from 'react'
import { useQuery } from 'urql'
import { KeySnippetsDocument, type KeySnippetsQuery } from '../../../gql/keys'
import { useT } from '../../../i18n/i18n'
import { useWorkspace } from '../../../lib/session'
import { snippets } from '../../../lib/snippets'
import { Button } from '../../../ui/Button'
import { CodeSnippet, CodeTabs } from '../../../ui/CodeSnippet'
import { Dialog } from '../../../ui/Dialog'
import { Actions } from '../../../ui/Form'
import { Skeleton } from '../../../ui/Skeleton'

type NewKeyProps = { name: string; secret: string; onClose: () => void }

/** The one look at a key in clear. It is kept nowhere else, so only "I saved it" leads out. */
export function NewKey({ name, secret, onClose }: NewKeyProps) {
  const t = useT('keys')
  const workspace = useWorkspace()
  const [{ data, fetching }] = useQuery({
    query: KeySnippetsDocument,
    variables: { workspaceId: workspace.id },
  })
  useWithoutEscape()

  return (
    <Dialog
      title={t('madeTitle', { name })}
      lead={t('madeLead')}
      size="wide"
      dismissible={false}
      onClose={onClose}
    >
      <CodeSnippet label={t('secret')} code={secret} wrap />
      {fetching && <Skeleton height={160} />}
      {data && (
        <CodeTabs
          label={t('snippets')}
          snippets={snippets({
            baseUrl: data.server.baseUrl,
            model: modelToTry(data.workspace),
            apiKey: secret,
          })}
        />
      )}
      <Actions>
        <Button variant="primary" icon="check" onClick={onClose}>
          {t('savedIt')}
        </Button>
      </Actions>
    </Dialog>
  )
}

/** A model that works here, as far as can be told. */
function modelToTry(workspace: KeySnippetsQuery['workspace']): string {
  const keys = workspace?.providerKeys.filter(({ enabled }) => enabled) ?? []
  return (
    workspace?.usedModels[0] ??
    keys.flatMap(({ defaultModel, modelMap }) => [
      ...(defaultModel ? [defaultModel] : []),
      ...modelMap.map(({ requested }) => requested),
    ])[0] ??
    'gpt-6-sol'
  )
}

/** Browsers close a dialog at the second Esc whatever the page says; unless they never hear of it. */
function useWithoutEscape() {
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.key === 'Escape') event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown, true)
    return () => document.removeEventListener('keydown', onKeyDown, true)
  }, [])
}
