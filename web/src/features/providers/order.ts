/** The list with one item at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, at) => at !== from)
  return [...rest.slice(0, to), ...list.slice(from, from + 1), ...rest.slice(to)]
}

/** The items in the order of `ids`; those that it does not name come last. */
export function arranged<T extends { id: string }>(
  items: readonly T[],
  ids: readonly string[] | null,
): readonly T[] {
  if (!ids) return items
  const place = ({ id }: T) => (ids.includes(id) ? ids.indexOf(id) : ids.length)
  return items.toSorted((a, b) => place(a) - place(b))
}
