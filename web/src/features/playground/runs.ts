/** Neighbours that are the same, as one with how many they are: retries are the same attempt again. */
export function runs<T>(
  items: readonly T[],
  write: (item: T) => string,
): { text: string; times: number }[] {
  const found: { text: string; times: number }[] = []
  for (const item of items) {
    const text = write(item)
    const last = found.at(-1)
    if (last?.text === text) last.times += 1
    else found.push({ text, times: 1 })
  }
  return found
}
