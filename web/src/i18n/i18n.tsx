import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react'
import { readPreference, writePreference } from '../lib/preferences'
import { load, loadAll, textsOf, type Area, type Catalogue, type Language } from './catalogue'
import { fill, type Parameters } from './messages'

export const LANGUAGES = { en: 'English', pt: 'Português' } as const satisfies Record<
  Language,
  string
>

export const LOCALES = { en: 'en-US', pt: 'pt-BR' } as const

type I18n = {
  language: Language
  setLanguage: (language: Language) => Promise<void>
}

const Context = createContext<I18n | null>(null)

/** The language that was chosen, or else the browser's, where we speak it. */
export function preferredLanguage(): Language {
  return /^pt/i.test(readPreference('language') ?? navigator.language) ? 'pt' : 'en'
}

/** Fetches an area's texts in the language of the page; a lazy page waits for it. */
export function loadTexts(area: Area): Promise<void> {
  return load(document.documentElement.lang.startsWith('pt') ? 'pt' : 'en', area)
}

/** Gives the tree below a language. Its texts must be loaded. */
export function I18nProvider({ initial, children }: { initial: Language; children: ReactNode }) {
  const [language, show] = useState(initial)
  const setLanguage = useCallback(async (chosen: Language) => {
    await loadAll(chosen)
    writePreference('language', chosen)
    document.documentElement.lang = chosen === 'pt' ? 'pt-BR' : 'en'
    show(chosen)
  }, [])
  const value = useMemo(() => ({ language, setLanguage }), [language, setLanguage])
  return <Context value={value}>{children}</Context>
}

/** The language, and how to change it. */
export function useLanguage(): I18n {
  const value = use(Context)
  if (!value) throw new Error('There is no I18nProvider above.')
  return value
}

export type Translate<A extends Area> = <Key extends keyof Catalogue[A] & string>(
  key: Key,
  ...parameters: Parameters<Catalogue[A][Key]>
) => string

/** A function that gives an area's texts in the user's language: `const t = useT('logs')`, `t('title')`. */
export function useT<A extends Area>(area: A): Translate<A> {
  const { language } = useLanguage()
  return useCallback(
    (key, ...parameters) => {
      const message = textsOf(language, area)[key]
      if (message === undefined) throw new Error(`There is no text ${area}.${key}.`)
      return fill(message, parameters[0], LOCALES[language])
    },
    [language, area],
  )
}
