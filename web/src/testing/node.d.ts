// All that tests need of Node; its own types would let the dashboard's code use it too.
declare module 'node:fs' {
  export function readFileSync(path: string, encoding: 'utf8'): string
}
