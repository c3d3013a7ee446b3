import { oneOf, type Search } from '../../lib/url'

// The first of each is what the address leaves out.

/** The periods that can be looked at, in days up to today. */
export const PERIODS = [7, 30, 90] as const
export const GROUPINGS = ['provider', 'model'] as const

export type Period = (typeof PERIODS)[number]
export type Grouping = (typeof GROUPINGS)[number]

/** What the address may say about this page. */
export type OverviewSearch = { days?: Period | undefined; by?: Grouping | undefined }

/** The parts of an address's search that this page knows; what does not fit is left out. */
export function overviewSearch({ days, by }: Search): OverviewSearch {
  return {
    days: PERIODS.find((period) => period !== PERIODS[0] && String(period) === String(days)),
    by: oneOf(by, GROUPINGS.slice(1)),
  }
}
