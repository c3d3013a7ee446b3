/** A text with `{placeholders}`; or one for each plural form, chosen by the parameter `count`. */
export type Message = string | { readonly one: string; readonly other: string }

/** What a translation has to provide: every key of the English texts, with texts of the same kind. */
export type Translation<English> = {
  readonly [Key in keyof English]: English[Key] extends string
    ? string
    : { readonly one: string; readonly other: string }
}

type Placeholders<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never

type Names<M> = M extends { readonly other: infer Other }
  ? Placeholders<Other> | 'count'
  : Placeholders<M>

/** The parameters that a message needs: none where it has no placeholder. */
export type Parameters<M> = [Names<M>] extends [never]
  ? []
  : [values: Readonly<Record<Names<M>, string | number>>]

/** The message in words, its placeholders filled; numbers are written as the language writes them. */
export function fill(
  message: Message,
  values: Readonly<Record<string, string | number>> | undefined,
  locale: string,
): string {
  const text =
    typeof message === 'string'
      ? message
      : new Intl.PluralRules(locale).select(Number(values?.['count'])) === 'one'
        ? message.one
        : message.other
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values?.[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? value.toLocaleString(locale) : value
  })
}
