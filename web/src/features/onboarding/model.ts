import type { FirstRunQuery } from '../../gql/onboarding'

type ProviderKey = NonNullable<FirstRunQuery['workspace']>['providerKeys'][number]
type Known = Pick<ProviderKey, 'provider' | 'enabled' | 'defaultModel' | 'modelMap'>
type Provider = Pick<FirstRunQuery['providers'][number], 'name' | 'suggestedFallbackModel'>

/** A model that the workspace's first provider key can serve; empty where none is known. */
export function suggestedModel(keys: readonly Known[], providers: readonly Provider[]): string {
  const models = keys
    .filter(({ enabled }) => enabled)
    .map(
      ({ provider, defaultModel, modelMap }) =>
        defaultModel ??
        providers.find(({ name }) => name === provider)?.suggestedFallbackModel ??
        modelMap[0]?.requested,
    )
  return models.find(Boolean) ?? ''
}
