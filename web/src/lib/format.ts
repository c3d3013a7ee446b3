import type { Language } from '../i18n/catalogue'
import { LOCALES, useLanguage } from '../i18n/i18n'

/** How money, tokens, shares and time are written. The only place that decides it. */
export type Format = ReturnType<typeof createFormat>

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The formats of a locale. What is null or undefined is written as a dash. */
export function createFormat(locale: string) {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const usd = { style: 'currency', currency: 'USD' } as const
  const dollars = new Intl.NumberFormat(locale, usd)
  const cents = new Intl.NumberFormat(locale, { ...usd, maximumSignificantDigits: 3 })
  const seconds = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' })
  const localDate = new Intl.DateTimeFormat(locale, { dateStyle: 'long' })
  const utcDay = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  })
  const utcDate = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })

  return {
    /** 12,345 */
    number: or<number>((value) => whole.format(value)),
    /** 12.3K: where room is scarce */
    compact: or<number>((value) => compact.format(value)),
    /** 0.123 as 12.3% */
    percent: or<number>((value) => share.format(value)),
    /** US dollars, given as the exact decimal text of the API: cents from one cent on, three digits below. */
    money: or<string | number>((value) => {
      const amount = Number(value)
      return amount !== 0 && Math.abs(amount) < 0.01 ? cents.format(amount) : dollars.format(amount)
    }),
    /** Milliseconds: 812 ms, 1.2 s, 2 min 5 s */
    duration: or<number>((ms) => {
      if (ms < 1000) return `${whole.format(ms)} ms`
      if (ms < MINUTE * 1000) return `${seconds.format(ms / 1000)} s`
      const total = Math.round(ms / 1000)
      return `${whole.format(Math.floor(total / MINUTE))} min ${total % MINUTE} s`
    }),
    /** An instant, seen from now: 5 min. ago */
    ago: or<string>((instant) => relative(ago, instant, Date.now())),
    /** An instant in full, in the user's time zone */
    moment: or<string>((instant) => moment.format(new Date(instant))),
    /** The day of an instant, in the user's time zone: November 23, 2026 */
    localDate: or<string>((instant) => localDate.format(new Date(instant))),
    /** A UTC day: Nov 23 */
    day: or<string>((instant) => utcDay.format(new Date(instant))),
    /** A UTC day in full: November 23, 2026 */
    date: or<string>((instant) => utcDate.format(new Date(instant))),
  }
}

// Its parts are slow to make, and every row of a table asks for them.
const formats = new Map<Language, Format>()

/** Money, tokens and time in the user's language. */
export function useFormat(): Format {
  const { language } = useLanguage()
  const format = formats.get(language) ?? createFormat(LOCALES[language])
  formats.set(language, format)
  return format
}

function or<T>(write: (value: T) => string) {
  return (value: T | null | undefined) =>
    value === null || value === undefined ? '–' : write(value)
}

function relative(format: Intl.RelativeTimeFormat, instant: string, now: number): string {
  const passed = (new Date(instant).getTime() - now) / 1000
  const size = Math.abs(passed)
  if (size < MINUTE) return format.format(Math.round(passed), 'second')
  if (size < HOUR) return format.format(Math.round(passed / MINUTE), 'minute')
  if (size < DAY) return format.format(Math.round(passed / HOUR), 'hour')
  return format.format(Math.round(passed / DAY), 'day')
}
