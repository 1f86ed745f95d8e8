// The command line: `serve`, `check <path>`, `schema <connector>`, `migrate`.
import { parseArgs } from 'node:util'
import { check } from './commands/check.ts'
import { migrate } from './commands/migrate.ts'
import { schema } from './commands/schema.ts'
import { serve } from './commands/serve.ts'
import { isJunctorError } from './errors.ts'

const usage = `Usage: node src/main.ts <command>

  serve               run the hub
  check <path>        read a connector, or a folder of them, and print what was found; exit 1 on errors
  schema <connector>  print a connector's GraphQL SDL; a name that is installed, or a path
  migrate             bring the store's tables up to date
`

/** Runs one command; the result is the exit code. Serving ends with a signal. */
async function run(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const [command, argument] = positionals
  if (command === 'serve' && argument === undefined) return serve(process.env)
  if (command === 'check' && argument !== undefined) return check(argument)
  if (command === 'schema' && argument !== undefined) return schema(argument, process.env)
  if (command === 'migrate' && argument === undefined) return migrate(process.env)
  process.stderr.write(usage)
  return command === undefined ? 0 : 2
}

try {
  process.exitCode = await run()
} catch (error) {
  process.stderr.write(
    isJunctorError(error)
      ? `${error.message}\n`
      : `${error instanceof Error ? error.stack : String(error)}\n`,
  )
  process.exitCode = 1
}
