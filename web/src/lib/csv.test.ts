import { expect, test } from 'vitest'
import { csvLine, toCsv } from './csv'

test('lines end in CRLF, and null is an empty cell', () => {
  expect(
    toCsv(
      ['model', 'requests'],
      [
        ['gpt-5', 12],
        ['', null],
      ],
    ),
  ).toBe('model,requests\r\ngpt-5,12\r\n,\r\n')
})

test('commas, quotes and line breaks are quoted', () => {
  expect(csvLine(['a,b', 'say "hi"', 'one\ntwo', 'one\r\ntwo'])).toBe(
    '"a,b","say ""hi""","one\ntwo","one\r\ntwo"\r\n',
  )
})

test.each([
  ['=1+1', "'=1+1"],
  ['+49 30', "'+49 30"],
  ['-cmd', "'-cmd"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['=HYPERLINK("http://example.com","x")', '"\'=HYPERLINK(""http://example.com"",""x"")"'],
])('%j cannot become a formula', (cell, written) => {
  expect(csvLine([cell])).toBe(`${written}\r\n`)
})

test('a negative number stays a number, and what only contains a sign stays as it is', () => {
  expect(csvLine([-1.5, 'a=b', ' =1'])).toBe('-1.5,a=b, =1\r\n')
})
