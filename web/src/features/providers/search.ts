import { text, type Search } from '../../lib/url'

/** What the address may say about this page: the model whose way is shown. */
export type ProvidersSearch = { model?: string | undefined }

/** The parts of an address's search that this page knows; what does not fit is left out. */
export function providersSearch({ model }: Search): ProvidersSearch {
  return { model: text(model) }
}
