import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useId, useState } from 'react'
import { useQuery } from 'urql'
import { RoutePreviewDocument, UsedModelsDocument } from '../../../gql/providers'
import { useT } from '../../../i18n/i18n'
import { useWorkspace } from '../../../lib/session'
import { ErrorState } from '../../../ui/EmptyState'
import { TextField } from '../../../ui/Field'
import { Panel } from '../../../ui/Page'
import { Skeleton } from '../../../ui/Skeleton'
import type { ProviderKey } from '../types'
import { CHANGES_WITH_KEYS } from '../useKeys'
import { Route } from './Route'
import styles from './RoutePreview.module.css'

const PAUSE_MS = 200

/** Asks for a model and says in words where a request for it would go. The model is in the address. */
export function RoutePreview({ keys }: { keys: readonly ProviderKey[] | undefined }) {
  const t = useT('providers')
  const id = useId()
  const { id: workspaceId } = useWorkspace()
  const [model, typed, type] = useModel()
  const [{ data, error, operation, fetching }, fetchAgain] = useQuery({
    query: RoutePreviewDocument,
    variables: { workspaceId, model },
    pause: !model,
    requestPolicy: 'cache-and-network',
    context: CHANGES_WITH_KEYS,
  })
  const [{ data: used }] = useQuery({ query: UsedModelsDocument, variables: { workspaceId } })
  const known = new Set([
    ...(keys ?? []).flatMap(({ modelMap }) => modelMap.map(({ requested }) => requested)),
    ...(used?.workspace?.usedModels ?? []),
  ])
  const steps = data?.workspace?.routePreview
  const shown: unknown = operation?.variables.model

  return (
    <Panel title={t('routeTitle')} lead={t('routeLead')}>
      <div className={styles.preview}>
        <TextField
          name="model"
          label={t('model')}
          value={typed}
          onChange={(event) => type(event.target.value)}
          placeholder={t('modelPlaceholder')}
          list={`${id}-models`}
          maxLength={200}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <datalist id={`${id}-models`}>
          {[...known].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </datalist>
        {!model ? (
          <p className={styles.hint}>{t('routeHint')}</p>
        ) : error && !steps ? (
          <ErrorState error={error} onRetry={() => fetchAgain({ requestPolicy: 'network-only' })} />
        ) : steps && typeof shown === 'string' ? (
          <Route model={shown} steps={steps} />
        ) : (
          fetching && <Skeleton lines={4} />
        )}
      </div>
    </Panel>
  )
}

/** The model of the address, what is typed, and how to type: the address follows after a short pause. */
function useModel(): [model: string, typed: string, type: (text: string) => void] {
  const { model = '' } = useSearch({ from: '/app/w/$workspaceId/providers' })
  const navigate = useNavigate()
  const [input, setInput] = useState({ typed: model, sent: model, seen: model })
  // Somebody else changed the address: a link, or the way back.
  if (model !== input.seen)
    setInput({ typed: model === input.sent ? input.typed : model, sent: model, seen: model })

  const wanted = input.typed.trim()
  useEffect(() => {
    if (wanted === input.sent) return
    const timer = setTimeout(() => {
      setInput((before) => ({ ...before, sent: wanted }))
      void navigate({
        from: '/w/$workspaceId/providers',
        search: { model: wanted || undefined },
        replace: true,
      })
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [wanted, input.sent, navigate])

  return [model, input.typed, (typed) => setInput((before) => ({ ...before, typed }))]
}
