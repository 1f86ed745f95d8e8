// The hub's HTTP server: which path goes where.

import type { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { isJunctorError } from '../../errors.ts'
import { shareCalls } from '../../invocation/index.ts'
import type { RequestContext, Scope } from '../context.ts'
import { createDownloads } from '../files/downloads.ts'
import type { Services } from '../services.ts'
import type { UploadLimits } from '../uploads/upload-limits.ts'
import { createUploads, uploadType } from '../uploads/uploads.ts'
import { authRoutes } from './auth-routes.ts'
import { consoleRoutes } from './console-routes.ts'
import { type EventStreams, wantsEvents } from './event-streams.ts'
import type { FastPath } from './fast-path.ts'
import { fileRoutes } from './file-routes.ts'
import { readerOf } from './headers.ts'
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
    if (isJunctorError(error) && error.status < 500) {
      const { code, message, details, status } = error
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
  // Left on the socket for whoever answers the request, who alone knows when its files are done with.
  server.addContentTypeParser(uploadType, (_request, _payload, done) => done(null))

  async function contextOf(
    request: FastifyRequest,
    reply: FastifyReply,
    scope: Scope,
  ): Promise<RequestContext> {
    reply.header('cache-control', 'no-store')
    const signal = signalOf(reply)
    const headers = readerOf(request.headers)
    const actorNow = () => services.identity.authenticate(headers)
    return {
      actor: await actorNow(),
      actorNow,
      scope,
      calls: shareCalls(services.invoker, services.metrics),
      signal,
      asked: { traceparent: headers.get('traceparent'), trace: headers.get('x-junctor-trace') === '1' },
    }
  }
  const methods = ['GET', 'POST']
  for (const url of ['/graphql', '/graphql/:connector'])
    server.route({
      method: ['PUT', 'PATCH', 'DELETE'],
      url,
      handler: (_request, reply) => reply.status(405).header('allow', methods.join(', ')).send(wrongMethod),
    })
  const route = (url: string, scopeOf: (request: FastifyRequest) => Scope) => {
    const made = new WeakMap<FastifyRequest, Promise<RequestContext>>()
    /** Once for a request, whoever comes to answer it. */
    const context = (request: FastifyRequest, reply: FastifyReply): Promise<RequestContext> => {
      const begun = made.get(request) ?? contextOf(request, reply, scopeOf(request))
      made.set(request, begun)
      return begun
    }
    const answer = fastifyApolloHandler(options.apollo, { context })
    server.route({
      method: methods,
      url,
      async handler(request, reply) {
        if (request.method === 'POST' && hasFiles(request))
          request.body = await uploads(request, reply, readerOf(request.headers))
        if (wantsEvents(request)) return options.events.answer(request, reply, scopeOf(request))
        const fast = await options.fastPath(request, reply, () => context(request, reply))
        return fast ?? answer.call(server, request, reply)
      },
    })
  }
  route('/graphql', graphScope)
  route('/graphql/:connector', request => {
    const connector = parameterOf(request, 'connector')
    // Where clients of graphql-sse look for the whole graph's streams.
    return connector === 'stream' && wantsEvents(request)
      ? graphScope(request)
      : { kind: 'subgraph', connector }
  })
  return server
}

function hasFiles({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase() === uploadType
}

const wrongMethod = {
  errors: [{ message: 'GraphQL is asked by POST, or a query by GET.', extensions: { code: 'BAD_INPUT' } }],
}

const wholeGraph: Scope = { kind: 'graph', named: [] }

/** `/graphql?connectors=a,b` shows those connectors to introspection too. */
function graphScope(request: FastifyRequest): Scope {
  if (!request.url.includes('?')) return wholeGraph
  const named = new URL(request.url, 'http://hub').searchParams.get('connectors')
  return { kind: 'graph', named: named ? named.split(',') : [] }
}

function parameterOf(request: FastifyRequest, name: string): string {
  const { params } = request
  const value = typeof params === 'object' && params !== null ? Reflect.get(params, name) : undefined
  return typeof value === 'string' ? value : ''
}
