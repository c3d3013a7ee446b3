// Guards what a visitor downloads, then compresses the build, so that the gateway only has to send files.
import { constants, brotliCompress, gzip, gzipSync } from 'node:zlib'
import { globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const FIRST_LOAD_KB = 120
const ROUTE_KB = 15
const SMALLEST_BYTES = 1000

const dist = join(import.meta.dirname, '../dist')
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))

/** The files that a chunk of the manifest needs: its own, its styles' and those of its imports. */
function filesOf(key, seen = new Set()) {
  if (seen.has(key)) return []
  seen.add(key)
  const { file, css = [], imports = [] } = manifest[key]
  return [file, ...css, ...imports.flatMap((name) => filesOf(name, seen))]
}

const kilobytes = (files) =>
  [...files].reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length,
    0,
  ) / 1024

// What index.html names comes first; then the log-in page, or the frame of the pages behind it.
const initial = new Set(readFileSync(join(dist, 'index.html'), 'utf8').match(/assets\/[^"]+/g))
const first = ['index.html', 'theme.js', ...initial]
const shell = new Set([...first, ...filesOf('src/app/Shell.tsx')])
const routes = Object.keys(manifest)
  .filter((key) => /^src\/features\/.*Page\.tsx$/.test(key))
  .map((key) => ({
    name: key.split('/').at(-1).replace('Page.tsx', ''),
    files: new Set(filesOf(key)).difference(shell),
  }))
// What several pages need is fetched with the first of them.
const isShared = (file) => routes.filter(({ files }) => files.has(file)).length > 1
const shared = new Set(routes.flatMap(({ files }) => [...files]).filter(isShared))
const logIn = new Set([...first, ...filesOf('src/features/auth/LoginPage.tsx')])
const rows = [
  ['log-in', kilobytes(logIn), FIRST_LOAD_KB],
  ['shell', kilobytes(shell), FIRST_LOAD_KB],
  ['shared', kilobytes(shared), ROUTE_KB],
  ...routes.map(({ name, files }) => [name, kilobytes(files.difference(shared)), ROUTE_KB]),
]
const over = rows.filter(([, size, most]) => size > most)
console.log(rows.map(([name, size]) => `${name} ${size.toFixed(1)}`).join(' · ') + ' KB gzip')
for (const [name, size, most] of over)
  console.error(`${name}: ${size.toFixed(1)} KB gzip, at most ${most} are allowed`)
rmSync(join(dist, '.vite'), { recursive: true })
if (over.length) process.exit(1)

const files = globSync('**/*.{html,js,css,svg,txt,json}', { cwd: dist })
  .map((file) => join(dist, file))
  .filter((file) => statSync(file).size >= SMALLEST_BYTES)

async function compress(file) {
  const text = readFileSync(file)
  // The best brotli takes seconds for each megabyte of an editor that few open.
  const quality = text.length > 500_000 ? 6 : 11
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  }
  writeFileSync(`${file}.br`, await promisify(brotliCompress)(text, { params }))
  writeFileSync(`${file}.gz`, await promisify(gzip)(text, { level: 9 }))
}

const queue = files[Symbol.iterator]()
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (const file of queue) await compress(file)
  }),
)
