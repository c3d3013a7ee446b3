import type { PlaygroundQuery } from '../../gql/playground'

type Workspace = Pick<NonNullable<PlaygroundQuery['workspace']>, 'usedModels' | 'providerKeys'>

/** Models to choose from, the likeliest first: used ones, mapped ones, and what the providers are known for. */
export function suggestions(
  { usedModels, providerKeys }: Workspace,
  providers: PlaygroundQuery['providers'],
): string[] {
  const keys = providerKeys.filter(({ enabled }) => enabled)
  const known = keys.map(
    ({ provider }) => providers.find(({ name }) => name === provider)?.suggestedFallbackModel,
  )
  const mapped = keys.flatMap(({ modelMap }) => modelMap.map(({ requested }) => requested))
  const fallbacks = keys.map(({ defaultModel }) => defaultModel)
  const all = [...usedModels, ...mapped, ...known, ...fallbacks]
  return [...new Set(all.filter((model): model is string => !!model))]
}
