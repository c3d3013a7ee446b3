import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const gateway = 'http://127.0.0.1:3000'

// Two builds into one folder, the dashboard and `--mode graphiql`: what they share would be one chunk, and
// GraphiQL's needs would come with the dashboard's first load.
export default defineConfig(({ mode }) => ({
  plugins: [react()],
  resolve: {
    alias: [
      // React has had it for years.
      {
        find: 'use-sync-external-store/shim/with-selector',
        replacement: 'use-sync-external-store/with-selector',
      },
      // The parser of documents that codegen has parsed.
      { find: /^@0no-co\/graphql\.web$/, replacement: '/src/lib/graphqlWithoutParser.ts' },
    ],
  },
  build: mode === 'graphiql' ? graphiql : dashboard,
  server: {
    host: '127.0.0.1',
    port: 3001,
    strictPort: true,
    proxy: {
      '/graphql': { target: gateway, ws: true },
      '/v1': gateway,
      '/health': gateway,
      // The dev server cannot run GraphiQL's workers, so the gateway's built one is used.
      '/graphiql': gateway,
      '/assets': gateway,
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/testing/setup.ts'],
    // A jsdom for each file would take most of the time; no file leaves anything behind.
    isolate: false,
    include: ['src/**/*.test.{ts,tsx}'],
  },
}))

const common = {
  modulePreload: { polyfill: false },
  reportCompressedSize: false,
  // The first that know light-dark() and popover; older targets would be served a heavy imitation.
  target: ['chrome125', 'firefox125', 'safari17.5'],
}

const dashboard = {
  ...common,
  manifest: true,
  // Slower than the default by a second, and smaller by 3 KB of the first load.
  minify: 'terser' as const,
  terserOptions: { module: true, ecma: 2020 as const, compress: { passes: 3, pure_getters: true } },
  rolldownOptions: {
    checks: { pluginTimings: false },
    output: {
      codeSplitting: {
        // What is loaded together is one piece: it compresses better than its parts.
        groups: [
          { name: 'first', tags: ['$initial' as const] },
          { name: 'forms', test: /src\/(ui\/(Form|Field)|lib\/useAction)\b/ },
          { name: 'frame', test: /src\/(ui\/Toast|lib\/useHotkeys)\b/ },
          { name: 'ui', test: /src\/(ui|lib)\// },
        ],
      },
    },
  },
}

const graphiql = {
  ...common,
  emptyOutDir: false,
  chunkSizeWarningLimit: 8000,
  rolldownOptions: {
    input: 'graphiql.html',
    // GraphiQL's packages carry directives for a compiler that is not used here.
    checks: { ineffectiveDynamicImport: false },
    onwarn(warning: { message: string }, warn: (warning: never) => void) {
      if (!warning.message.includes('use no memo')) warn(warning as never)
    },
  },
}
