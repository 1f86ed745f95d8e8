// Which of the packages Mesh's loader can load and print, one by one; prints their names as JSON.
import { readFileSync } from 'node:fs'
import { loadNonExecutableGraphQLSchemaFromOpenAPI } from '@omnigraph/openapi'
import { printSchema } from 'graphql'

const nothing = () => undefined
const silent = {
  debug: nothing,
  info: nothing,
  log: nothing,
  warn: nothing,
  error: nothing,
  child: () => silent,
}
const loadable = []
for (const { name, file } of JSON.parse(readFileSync(process.env.BENCH_PACKAGES, 'utf8')))
  try {
    const options = { source: file, cwd: '/', fetch, logger: silent }
    // Composing prints the schemas; some that load cannot be printed.
    printSchema(await loadNonExecutableGraphQLSchemaFromOpenAPI(name, options))
    loadable.push(name)
  } catch {
    // It is counted by its absence.
  }
process.stdout.write(JSON.stringify(loadable), () => process.exit())
