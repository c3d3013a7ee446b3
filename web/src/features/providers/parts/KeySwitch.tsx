import { useState } from 'react'
import { UpdateKeyDocument } from '../../../gql/providers'
import { useT } from '../../../i18n/i18n'
import { useAction } from '../../../lib/useAction'
import { Switch } from '../../../ui/Switch'
import { useToast } from '../../../ui/Toast'
import type { ProviderKey } from '../types'

/** Whether the gateway may use a key: shown at once as it was switched, until the list is fetched anew. */
export function KeySwitch({ providerKey }: { providerKey: ProviderKey }) {
  const t = useT('providers')
  const toast = useToast()
  const { run } = useAction(UpdateKeyDocument)
  const [wanted, want] = useState<{ enabled: boolean; over: ProviderKey } | null>(null)
  const { id, label } = providerKey

  async function turn(enabled: boolean) {
    want({ enabled, over: providerKey })
    if (await run({ input: { id, enabled } })) return
    want(null)
    toast(t('switchFailed', { label }), 'bad')
  }

  return (
    <Switch
      label={t('use', { label })}
      hideLabel
      checked={wanted?.over === providerKey ? wanted.enabled : providerKey.enabled}
      onChange={(enabled) => void turn(enabled)}
    />
  )
}
