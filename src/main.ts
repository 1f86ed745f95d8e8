// The command line: which command the arguments name.
import { parseArgs } from 'node:util'
import { catalogue } from './commands/catalogue.ts'
import { check } from './commands/check.ts'
import { compose } from './commands/compose.ts'
import { diff } from './commands/diff.ts'
import { migrate } from './commands/migrate.ts'
import { schema } from './commands/schema.ts'
import { serve } from './commands/serve.ts'
import { isJunctorError } from './errors.ts'

const usage = `Usage: node src/main.ts <command>

  serve                   run the hub
  check <path>            read a connector, or a folder of them, and print what was found; exit 1 on errors
  catalogue <folder>      compile every connector below a folder, and measure what they come to; exit 1 on failures
  schema <connector>      print a connector's GraphQL SDL; a name that is installed, or a path
  diff <old> <new>        print how the GraphQL API of two versions of a connector differs; exit 1 on breaking changes
  compose [connector…]    print a Federation 2 supergraph of connectors and the hub; none named: the bundled ones
          [--url <hub>]   where routers reach the hub; left out: JUNCTOR_PUBLIC_URL
  migrate                 bring the store's tables up to date
`

interface Command {
  /** How many positional arguments. */
  readonly takes: number
  readonly run: (first: string, second: string) => Promise<number>
}

const { env } = process
const commands: ReadonlyMap<string, Command> = new Map([
  ['serve', { takes: 0, run: () => serve(env) }],
  ['check', { takes: 1, run: path => check(path) }],
  ['catalogue', { takes: 1, run: folder => catalogue(folder) }],
  ['schema', { takes: 1, run: connector => schema(connector, env) }],
  ['diff', { takes: 2, run: (before, after) => diff(before, after, env) }],
  ['migrate', { takes: 0, run: () => migrate(env) }],
] satisfies [string, Command][])

/** Runs one command; the result is the exit code. Serving ends with a signal. */
async function run(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { url: { type: 'string' } } })
  const [name, ...given] = positionals
  if (name === 'compose') return compose({ connectors: given, url: values.url, env })
  const command = commands.get(name ?? '')
  if (command && given.length === command.takes && values.url === undefined)
    return command.run(given[0] ?? '', given[1] ?? '')
  process.stderr.write(usage)
  return name === undefined ? 0 : 2
}

/** An option that is none is bad use like any other; its message names it. */
function isMisuse(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('ERR_PARSE_ARGS_')
  )
}

try {
  process.exitCode = await run()
} catch (error) {
  const known = isJunctorError(error) || isMisuse(error)
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = isMisuse(error) ? 2 : 1
}
