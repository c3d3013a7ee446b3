/** Search parameters are flat texts, so that an address reads as its user would write it. */
export type Search = Readonly<Record<string, unknown>>

/** `?status=500&model=gpt-4o` as `{ status: '500', model: 'gpt-4o' }`. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search))
}

/** The other way; what is undefined, null, false or empty is left out. */
export function stringifySearch(search: Search): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === 'number' || value === true || (typeof value === 'string' && value))
      parameters.set(name, String(value))
  }
  return parameters.size ? `?${parameters.toString()}` : ''
}

// What a page's `validateSearch` is made of: anything may stand in an address.

/** A text that is not empty, cut to `longest`. */
export function text(value: unknown, longest = 200): string | undefined {
  const given = typeof value === 'number' || value === true ? String(value) : value
  return typeof given === 'string' && given ? given.slice(0, longest) : undefined
}

/** One of the choices. */
export function oneOf<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  return choices.find((choice) => choice === value)
}

/** A whole number within bounds. */
export function whole(value: unknown, least: number, most: number): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most
    ? number
    : undefined
}

/** An instant, as the API writes it. */
export function instant(value: unknown): string | undefined {
  const given = text(value, 40)
  return given && !Number.isNaN(Date.parse(given)) ? new Date(given).toISOString() : undefined
}

/** Where to go after logging in: a path of this site, and never another site. */
export function safeNext(value: unknown): string | undefined {
  const next = text(value, 2000)
  if (!next?.startsWith('/') || !URL.canParse(next, location.origin)) return undefined
  // As the browser would read it: //x, /\x and their like lead elsewhere.
  const url = new URL(next, location.origin)
  return url.origin === location.origin && !/^\/[/\\]/.test(next)
    ? url.pathname + url.search + url.hash
    : undefined
}
