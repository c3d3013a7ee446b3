import { useMemo } from 'react'
import type { UsageQuery } from '../../gql/usage'
import { useT } from '../../i18n/i18n'
import { useFormat } from '../../lib/format'
import { groupOf, type Names } from './rows'

/** What the groups of an answer are called, in the table and in the chart. */
export function useNames(data: UsageQuery): Names & { group: (group: string) => string } {
  const t = useT('usage')
  const format = useFormat()
  return useMemo(() => {
    const providers = new Map<string, string>(
      data.providers.map(({ name, label }) => [name, label]),
    )
    const keys = new Map(
      data.workspace?.usageByApiKey?.map(({ apiKeyId, apiKey }) => [apiKeyId, apiKey?.name]),
    )
    const by = data.workspace && groupOf(data.workspace)
    const names: Names = {
      provider: (name) => providers.get(name) ?? name,
      deletedKey: (id) => t('deletedKey', { id: id.slice(-6) }),
      day: format.day,
      rest: t('others'),
      unserved: t('unserved'),
      total: t('total'),
    }
    function group(key: string): string {
      if (!key) return names.unserved
      if (by === 'provider') return names.provider(key)
      return by === 'key' ? (keys.get(key) ?? names.deletedKey(key)) : key
    }
    return { ...names, group }
  }, [data, t, format])
}
