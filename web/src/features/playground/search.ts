import { text, type Search } from '../../lib/url'

/** What the address may say about this page: the model to begin with. */
export type PlaygroundSearch = { model?: string | undefined }

/** The parts of an address's search that this page knows; what does not fit is left out. */
export function playgroundSearch({ model }: Search): PlaygroundSearch {
  return { model: text(model) }
}
