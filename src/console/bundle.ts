// Page sources → files, by Vite. Everything is bundled: libraries, Monaco's workers, styles and fonts.
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { build } from 'vite'
import type { PageFile } from './write-page.ts'

/** Bundles the page in memory. References between the files are relative, so it may be served under any prefix. */
export async function bundlePage(): Promise<PageFile[]> {
  // Libraries choose their development builds by this variable, and Vite leaves it as the caller's environment has it.
  process.env.NODE_ENV = 'production'
  const result = await build({
    root: join(import.meta.dirname, 'page'),
    base: './',
    mode: 'production',
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [react()],
    worker: { format: 'es' },
    build: {
      write: false,
      target: 'esnext',
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 6000,
      reportCompressedSize: false,
      rolldownOptions: {
        onLog(level, log, report) {
          // GraphiQL's notes to React's compiler, which has run already when it was published.
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log)
        },
      },
    },
  })
  if (!Array.isArray(result) && !('output' in result))
    throw new Error('Vite watched the page instead of building it.')
  return [result].flat().flatMap(({ output }) =>
    output.map(file => ({
      path: file.fileName,
      content: file.type === 'chunk' ? file.code : file.source,
    })),
  )
}
