// The process of one connector's hooks: makes calls on a Unix socket, one for each, until the hub says stop, or is gone.
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import process from 'node:process'
// The globals of these names are gone when they are needed.
import { setInterval } from 'node:timers'
import { z } from 'zod'
import { importClosed } from './closed-realm.ts'
import { answerCall } from './hook-call.ts'
import type { Hooks } from './hooks.ts'
import { heartbeatMilliseconds } from './messages.ts'
import { fenceNetwork } from './network-fence.ts'
import { createReporter } from './reporter.ts'

const start = z
  .object({ module: z.string(), script: z.string(), socketPath: z.string() })
  .parse(JSON.parse(process.argv[2] ?? ''))
// A killed hub closes its end of the pipe.
const reporter = createReporter(() => process.exit(0))
const { tell, fail } = reporter

const hooksModule = z.object({
  hooks: z.custom<Hooks>(value => typeof (value as Partial<Hooks> | null)?.call === 'function', {
    error: 'The module must export `hooks`, an object with a method `call`.',
  }),
})

async function serve(): Promise<void> {
  fenceNetwork()
  const { hooks } = hooksModule.parse(await importClosed(start.module))
  if (hooks.script !== start.script)
    throw new Error(
      `The hooks say that they stand in for ${hooks.script}, and their text said ${start.script}.`,
    )
  const server = createServer(socket => answerCall(socket, hooks, reporter))
  server.on('error', fail)
  process.once('SIGTERM', () => server.close(() => process.exit(0)))
  // A killed run leaves its socket behind.
  rmSync(start.socketPath, { force: true })
  server.listen(start.socketPath, () => tell({ type: 'listening' }))
  setInterval(() => tell({ type: 'alive' }), heartbeatMilliseconds)
}

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
// The terminal's Ctrl-C reaches the whole process group; the hub decides when its processes end.
process.on('SIGINT', () => {})
serve().catch(fail)
