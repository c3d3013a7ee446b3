import { useMemo } from 'react'
import type { ProviderName } from '../../gql/logs'
import { useT, type Translate } from '../../i18n/i18n'
import { useOutcome } from '../../ui/OutcomeBadge'
import type { Range, Status } from './search'

const PROVIDER_LABELS = {
  OPENAI: 'OpenAI',
  ANTHROPIC: 'Anthropic',
  GOOGLE: 'Google',
  COHERE: 'Cohere',
  MISTRAL: 'Mistral',
} as const satisfies Partial<Record<ProviderName, string>>

const RANGE_TEXTS = {
  '15m': 'range15m',
  '1h': 'range1h',
  '24h': 'range24h',
  '7d': 'range7d',
  '30d': 'range30d',
} as const satisfies Record<Range, string>

const STATUS_TEXTS = {
  succeeded: 'statusSucceeded',
  failed: 'statusFailed',
  left: 'statusLeft',
} as const satisfies Record<Status, string>

export type Labels = ReturnType<typeof labelsOf>

/** What providers, ranges and statuses are called. */
export function useLabels(): Labels {
  const t = useT('logs')
  const outcome = useOutcome()
  return useMemo(() => labelsOf(t, outcome), [t, outcome])
}

function labelsOf(t: Translate<'logs'>, outcome: (code: number) => string) {
  return {
    provider: (name: ProviderName) =>
      name === 'CUSTOM' ? t('providerCustom') : PROVIDER_LABELS[name],
    range: (range: Range) => t(RANGE_TEXTS[range]),
    status: (status: Status) => t(STATUS_TEXTS[status]),
    /** 503 Failed */
    outcome,
  }
}
