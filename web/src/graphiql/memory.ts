type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'clear' | 'length'>

/**
 * Where GraphiQL keeps its tabs, until the page is closed: they hold what was typed, passwords and provider
 * keys among it, and none of that may stay in the browser.
 */
export function createMemory(): Memory {
  const kept = new Map<string, string>()
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
    get length() {
      return kept.size
    },
  }
}
