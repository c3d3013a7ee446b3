import { useCallback } from 'react'
import { useT } from '../i18n/i18n'
import { outcomeOf, type Outcome } from '../lib/outcome'
import { Badge, type Tone } from './Badge'

const TONES = { succeeded: 'ok', failed: 'bad', left: 'warn' } as const satisfies Record<
  Outcome,
  Tone
>

const TEXTS = {
  succeeded: 'outcomeSucceeded',
  failed: 'outcomeFailed',
  left: 'outcomeLeft',
} as const satisfies Record<Outcome, string>

/** How a request ended, with its status: 503 Failed */
export function OutcomeBadge({ code }: { code: number }) {
  const outcome = useOutcome()
  return (
    <Badge tone={TONES[outcomeOf(code)]} dot>
      {outcome(code)}
    </Badge>
  )
}

/** The same in words alone. */
export function useOutcome(): (code: number) => string {
  const t = useT('common')
  return useCallback((code) => `${code} ${t(TEXTS[outcomeOf(code)])}`, [t])
}
