// The command line: which command the arguments name. A command's code is loaded when it is run.

import { parseArgs } from 'node:util'
import { isJunctorError } from './errors.ts'
import { endQuickStart } from './quick-start.ts'

const usage = `Usage: node src/main.ts <command>

  serve [--watch]         run the hub; --watch takes up edits of connectors in folders
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
  ['check', { takes: 1, run: async path => (await import('./commands/check.ts')).check(path) }],
  [
    'catalogue',
    { takes: 1, run: async folder => (await import('./commands/catalogue.ts')).catalogue(folder) },
  ],
  ['schema', { takes: 1, run: async name => (await import('./commands/schema.ts')).schema(name, env) }],
  [
    'diff',
    { takes: 2, run: async (before, after) => (await import('./commands/diff.ts')).diff(before, after, env) },
  ],
  ['migrate', { takes: 0, run: async () => (await import('./commands/migrate.ts')).migrate(env) }],
] satisfies [string, Command][])

/** Runs one command; the result is the exit code. Serving ends with a signal. */
async function run(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { url: { type: 'string' }, watch: { type: 'boolean' } },
  })
  const { url, watch } = values
  const [name, ...given] = positionals
  if (name === 'compose' && watch === undefined) {
    const { compose } = await import('./commands/compose.ts')
    return compose({ connectors: given, url, env })
  }
  if (name === 'serve' && given.length === 0 && url === undefined) {
    const { serve } = await import('./commands/serve.ts')
    endQuickStart()
    return serve(env, { watch: watch ?? false })
  }
  const command = commands.get(name ?? '')
  if (command && given.length === command.takes && url === undefined && watch === undefined)
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
