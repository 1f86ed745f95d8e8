// The process of one webapp: serves its `fetch` on a Unix socket until the hub says stop, or is gone.
import { rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { createEgressGuard, webappConnectionHeader } from '../invocation/index.ts'
import { readConnection, sendResponse, webRequest } from './exchange.ts'
import { heartbeatMilliseconds } from './messages.ts'
import { fenceNetwork } from './network-fence.ts'
import { createReporter } from './reporter.ts'
import { fenceSqlite } from './sqlite-fence.ts'
import type { Webapp, WebappContext } from './webapp.ts'

/** Connection parameters may be certificates; Node's default is 16 KiB. */
const maxHeaderBytes = 256 * 1024
/** The webapp's own `close` gets this long before the process ends anyway. */
const closeMilliseconds = 3_000

const start = z
  .object({
    module: z.string(),
    socketPath: z.string(),
    dataFolder: z.string(),
    allowPrivate: z.array(z.string()),
  })
  .parse(JSON.parse(process.argv[2] ?? ''))
const ending = new AbortController()
const { tell, fail, log, threw, learn } = createReporter(() => ending.abort())

const webappModule = z.object({
  webapp: z.custom<Webapp>(value => typeof (value as Partial<Webapp> | null)?.fetch === 'function', {
    error: 'The module must export `webapp`, an object with a method `fetch`.',
  }),
})

async function serve(): Promise<void> {
  const throughFence = fenceNetwork()
  fenceSqlite(start.dataFolder)
  const guard = createEgressGuard({ allowPrivate: start.allowPrivate })
  const { webapp } = webappModule.parse(await import(pathToFileURL(start.module).href))
  const context = (connection: WebappContext['connection']): WebappContext => ({
    connection,
    dataFolder: start.dataFolder,
    connect: target => throughFence(() => guard.connect(target)),
    log,
  })

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    try {
      const connection = readConnection(incoming.headers[webappConnectionHeader])
      learn(connection?.parameters ?? {})
      const request = webRequest(incoming, outgoing, [webappConnectionHeader])
      await sendResponse(await webapp.fetch(request, context(connection)), outgoing)
    } catch (error) {
      // The caller went away and with it the stream: nobody to answer, nothing to report.
      if (outgoing.destroyed) return
      threw(error)
      if (outgoing.headersSent) outgoing.destroy()
      else
        await sendResponse(
          Response.json(
            { error: { code: 'WebappFailed', message: 'The connector failed; its log says why.' } },
            { status: 500 },
          ),
          outgoing,
        )
    }
  }
  const server = createServer({ maxHeaderSize: maxHeaderBytes }, (incoming, outgoing) => {
    answer(incoming, outgoing).catch(fail)
  })
  server.on('error', fail)

  const end = async (): Promise<void> => {
    const overdue = setTimeout(() => process.exit(0), closeMilliseconds)
    overdue.unref()
    await webapp.close?.()
    process.exit(0)
  }
  // A killed hub closes its end of the channel: nobody is left to answer.
  ending.signal.addEventListener('abort', () => end().catch(fail))
  process.once('SIGTERM', () => {
    server.close(() => end().catch(fail))
    server.closeIdleConnections()
  })
  // A killed run leaves its socket behind.
  rmSync(start.socketPath, { force: true })
  server.listen(start.socketPath, () => tell({ type: 'listening' }))
  setInterval(() => tell({ type: 'alive' }), heartbeatMilliseconds)
}

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
// The terminal's Ctrl-C reaches the whole process group; the hub decides when its webapps end.
process.on('SIGINT', () => {})
serve().catch(fail)
