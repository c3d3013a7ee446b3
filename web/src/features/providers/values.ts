import type {
  AddProviderKeyInput,
  ModelMappingInput,
  ProviderTimeoutsInput,
  UpdateProviderKeyInput,
} from '../../gql/providers'
import type { Translate } from '../../i18n/i18n'
import type { Problem } from '../../lib/errors'
import { valueOf } from '../../ui/Form'
import type { Provider } from './types'

const REQUESTED = 'requested-'
const TARGET = 'target-'

/** The time limits that a key can have of its own, in the order of the form. */
export const LIMITS = ['firstTokenS', 'streamIdleS', 'answerS', 'headerS'] as const

/** The name of the input of a time limit. */
export function limitName(limit: (typeof LIMITS)[number]) {
  return `limit-${limit}`
}

/** The names of the inputs of one row of the model map. */
export function rowNames(row: number) {
  return { requested: `${REQUESTED}${row}`, target: `${TARGET}${row}` }
}

/** A new key as it was filled in. Without a label it gets the provider's name. */
export function additionOf(
  values: FormData,
  workspaceId: string,
  provider: Provider,
  enabled: boolean,
): AddProviderKeyInput {
  return {
    ...common(values, enabled),
    workspaceId,
    provider: provider.name,
    apiKey: valueOf(values, 'apiKey'),
    label: valueOf(values, 'label') || null,
  }
}

/** A stored key as it was filled in. Without an API key the stored one stays. */
export function changeOf(values: FormData, id: string, enabled: boolean): UpdateProviderKeyInput {
  const apiKey = valueOf(values, 'apiKey')
  return {
    ...common(values, enabled),
    id,
    label: valueOf(values, 'label'),
    ...(apiKey && { apiKey }),
  }
}

/** A complaint of the server about a field, in the user's language. */
export function explainField(
  { code, field, message }: Problem,
  t: Translate<'providers'>,
): string | undefined {
  if (code === 'FORBIDDEN') return t('tooManyKeys')
  switch (field) {
    case 'apiKey':
      return t('badApiKey')
    case 'baseUrl':
      // The only complaint that names a setting.
      return message.includes('ALLOW_PRIVATE_UPSTREAMS') ? t('privateBaseUrl') : t('badBaseUrl')
    case 'label':
      return code === 'CONFLICT' ? t('takenLabel') : t('badLabel')
    case 'defaultModel':
      return t('badModel')
    case 'modelMap':
      return t('badModelMap')
    case 'timeouts':
      return t('badTimeLimit')
    default:
      return undefined
  }
}

function common(values: FormData, enabled: boolean) {
  return {
    baseUrl: valueOf(values, 'baseUrl') || null,
    defaultModel: valueOf(values, 'defaultModel') || null,
    modelMap: mappingsOf(values),
    timeouts: limitsOf(values),
    enabled,
  }
}

function limitsOf(values: FormData): ProviderTimeoutsInput {
  return Object.fromEntries(
    LIMITS.map((limit) => {
      const seconds = valueOf(values, limitName(limit))
      return [limit, seconds === '' ? null : Number(seconds)]
    }),
  )
}

function mappingsOf(values: FormData): ModelMappingInput[] {
  return [...values.keys()]
    .filter((name) => name.startsWith(REQUESTED))
    .map((name) => ({
      requested: valueOf(values, name),
      target: valueOf(values, name.replace(REQUESTED, TARGET)),
    }))
}
