// The hub's HTTP server: which path goes where.

import type { ApolloServer } from '@apollo/server'
import Fastify, { type FastifyInstance } from 'fastify'
import { isJunctorError } from '../../errors.ts'
import { unanswered } from '../../store/index.ts'
import type { RequestContext } from '../context.ts'
import { createDownloads } from '../files/downloads.ts'
import type { Services } from '../services.ts'
import type { UploadLimits } from '../uploads/upload-limits.ts'
import { createUploads } from '../uploads/uploads.ts'
import { authRoutes } from './auth-routes.ts'
import { consoleRoutes } from './console-routes.ts'
import type { EventStreams } from './event-streams.ts'
import type { FastPath } from './fast-path.ts'
import { fileRoutes } from './file-routes.ts'
import { graphqlRoutes } from './graphql-routes.ts'
import { operationsRoutes } from './operations-routes.ts'
import { createRequestSignals } from './request-signals.ts'
import { webhookRoutes } from './webhook-routes.ts'

/** Bytes of a request's body: an imported document is the largest thing anybody sends. */
const bodyLimit = 16 * 1024 * 1024

interface Options {
  readonly services: Services
  readonly apollo: ApolloServer<RequestContext>
  readonly fastPath: FastPath
  readonly events: EventStreams
  /** Base of URLs that the hub tells others. */
  readonly publicUrl: string
  /** Addresses and networks whose X-Forwarded-For names the caller. */
  readonly trustedProxies: readonly string[]
  readonly uploadLimits: UploadLimits
  /** Aborts what requests in flight still wait for. */
  readonly ending: AbortSignal
  /** True while the hub is ready to work. */
  readonly ready: () => Promise<boolean>
}

/** Builds the server; it does not listen yet. */
export async function createHttpServer(options: Options): Promise<FastifyInstance> {
  const { services } = options
  const server = Fastify({
    bodyLimit,
    forceCloseConnections: 'idle',
    logger: false,
    trustProxy: [...options.trustedProxies],
    routerOptions: { maxParamLength: 500 },
  })

  // A connection kept alive after the last answer would keep a hub that ends waiting for a question.
  let closing = false
  server.addHook('preClose', async () => {
    closing = true
    options.events.end()
  })
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close')
    done(null, payload)
  })

  server.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const known = unanswered(error) ?? error
    if (isJunctorError(known) && (known.status < 500 || known.code === 'STORE_UNAVAILABLE')) {
      const { code, message, details, status, cause } = known
      if (cause !== undefined) services.logger.warn({ error: known, cause }, message)
      return reply.status(status).send({ errors: [{ message, extensions: { code, ...details } }] })
    }
    const status = error.statusCode ?? 500
    if (status >= 500) services.logger.error({ error }, 'A request failed unexpectedly.')
    const message =
      status >= 500 ? 'Something in the hub failed unexpectedly; its log says what.' : error.message
    return reply
      .status(status)
      .send({ errors: [{ message, extensions: { code: status >= 500 ? 'INTERNAL' : 'BAD_INPUT' } }] })
  })

  await server.register(authRoutes({ identity: services.identity, publicUrl: options.publicUrl }))
  await server.register(webhookRoutes({ triggers: services.triggers }))
  await server.register(operationsRoutes({ metrics: services.metrics, ready: options.ready }))
  const signalOf = createRequestSignals(options.ending)
  const { logger } = services
  await server.register(fileRoutes({ downloads: createDownloads(services), signalOf, logger }))
  await server.register(consoleRoutes({ identity: services.identity }))

  const { identity, clock } = services
  const uploads = createUploads({ limits: options.uploadLimits, identity, clock })
  const { apollo, fastPath, events } = options
  await server.register(graphqlRoutes({ services, apollo, fastPath, events, uploads, signalOf }))
  return server
}
