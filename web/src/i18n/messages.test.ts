import { expect, test } from 'vitest'
import { fill } from './messages'

const files = import.meta.glob<{ default: Record<string, unknown> }>('./{en,pt}/*.ts', {
  eager: true,
})
const names = (text: unknown) =>
  JSON.stringify(text)
    .match(/\{\w+\}/g)
    ?.toSorted() ?? []

test('placeholders are filled as the language writes them', () => {
  const rows = { one: '{count} row', other: '{count} rows' }

  expect(fill('Hello {name}', { name: 'Ada' }, 'en-US')).toBe('Hello Ada')
  expect(fill(rows, { count: 1 }, 'en-US')).toBe('1 row')
  expect(fill(rows, { count: 1234 }, 'pt-BR')).toBe('1.234 rows')
})

test.each(Object.keys(files).filter((path) => path.startsWith('./en/')))(
  '%s has its translation, with the same placeholders',
  (path) => {
    const english = files[path]?.default ?? {}
    const portuguese = files[path.replace('/en/', '/pt/')]?.default ?? {}

    expect(Object.keys(portuguese)).toEqual(Object.keys(english))
    for (const [key, text] of Object.entries(english))
      expect(new Set(names(portuguese[key])), key).toEqual(new Set(names(text)))
  },
)
