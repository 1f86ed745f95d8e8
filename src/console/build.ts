// The command that builds the page: `node src/console/build.ts [--if-stale]`.
// npm runs it after an install and before a start, so it is quick when nothing changed, never needs a network,
// and is no obstacle where the bundler is not installed.
import { sourceStamp } from './stamp.ts'
import { builtStamp, writePage } from './write-page.ts'

const stamp = await sourceStamp()
const built = await builtStamp()
if (process.argv.includes('--if-stale') && built === stamp) process.exit(0)

const bundler = await import('./bundle.ts').catch((error: unknown) => {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return null
  throw error
})
if (bundler) {
  const started = performance.now()
  const files = await bundler.bundlePage()
  await writePage(files, stamp)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`The console is built: ${files.length} files in ${seconds} s.\n`)
} else {
  const state = built === null ? 'is not built' : 'stays as it was built from other sources'
  process.stdout.write(
    `The console ${state}, because its development dependencies are not installed; the hub runs all the same.\n`,
  )
}
