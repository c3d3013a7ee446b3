import auth from './en/auth'
import common from './en/common'
import type { Message } from './messages'

/** English as it is written defines what can be said; each area has a file of its own in each language. */
export type Catalogue = {
  auth: typeof import('./en/auth').default
  common: typeof import('./en/common').default
  figures: typeof import('./en/figures').default
  keys: typeof import('./en/keys').default
  logs: typeof import('./en/logs').default
  onboarding: typeof import('./en/onboarding').default
  overview: typeof import('./en/overview').default
  playground: typeof import('./en/playground').default
  providers: typeof import('./en/providers').default
  usage: typeof import('./en/usage').default
  workspace: typeof import('./en/workspace').default
}
export type Area = keyof Catalogue
export type Language = 'en' | 'pt'

type Texts = Readonly<Record<string, Message>>

// These two are needed before anything is shown, so they come with the first load.
const loaded = new Map<string, Texts>([
  ['en/auth', auth],
  ['en/common', common],
])

const files = import.meta.glob<{ default: Texts }>([
  './{en,pt}/*.ts',
  '!./en/auth.ts',
  '!./en/common.ts',
])

// Every area that was asked for so far: another language needs the same ones.
const areas = new Set<Area>(['auth', 'common'])

/** Fetches an area's texts; `textsOf` has them from then on. */
export async function load(language: Language, area: Area): Promise<void> {
  areas.add(area)
  const name = `${language}/${area}`
  if (loaded.has(name)) return
  const file = files[`./${name}.ts`]
  if (!file) throw new Error(`There are no texts ${name}.`)
  loaded.set(name, (await file()).default)
}

/** Fetches, in a language, every area that was asked for in another one. */
export async function loadAll(language: Language): Promise<void> {
  await Promise.all([...areas].map((area) => load(language, area)))
}

/** An area's texts in a language. Its page was loaded together with them. */
export function textsOf(language: Language, area: Area): Texts {
  const texts = loaded.get(`${language}/${area}`)
  if (!texts) throw new Error(`The texts ${language}/${area} were not loaded.`)
  return texts
}
