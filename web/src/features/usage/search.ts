import { oneOf, type Search } from '../../lib/url'

/** How many days, the last of them today. */
export const RANGES = ['7', '30', '90', '365'] as const
export type Range = (typeof RANGES)[number]

export const GROUPS = ['model', 'provider', 'key', 'day'] as const
export type Group = (typeof GROUPS)[number]

/** What bars and shares are made of. */
export const METRICS = ['requests', 'tokens', 'cost'] as const
export type Metric = (typeof METRICS)[number]

/** What the address may say about this page; 30 days, models and requests go without saying. */
export type UsageSearch = {
  days?: Range | undefined
  by?: Group | undefined
  show?: Metric | undefined
}

/** The parts of an address's search that this page knows; what does not fit is left out. */
export function usageSearch(search: Search): UsageSearch {
  return {
    days: oneOf(search['days'], RANGES),
    by: oneOf(search['by'], GROUPS),
    show: oneOf(search['show'], METRICS),
  }
}
