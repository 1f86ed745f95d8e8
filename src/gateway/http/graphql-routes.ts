// The paths of GraphQL, and who answers there: the short way, server-sent events, or Apollo Server.
import type { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { shareCalls } from '../../invocation/index.ts'
import { holdsLongInteger, parseJson } from '../../json.ts'
import type { RequestContext, Scope } from '../context.ts'
import type { Services } from '../services.ts'
import { type Uploads, uploadType } from '../uploads/uploads.ts'
import { type EventStreams, wantsEvents } from './event-streams.ts'
import type { FastPath } from './fast-path.ts'
import { readerOf } from './headers.ts'

interface Options {
  readonly services: Pick<Services, 'identity' | 'invoker' | 'metrics'>
  readonly apollo: ApolloServer<RequestContext>
  readonly fastPath: FastPath
  readonly events: EventStreams
  readonly uploads: Uploads
  readonly signalOf: (reply: FastifyReply) => AbortSignal
}

const methods = ['GET', 'POST']

/** `/graphql` is the whole graph, `/graphql/<connector>` one connector's subgraph. */
export function graphqlRoutes(options: Options): FastifyPluginAsync {
  const { services, uploads, signalOf } = options

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

  return async server => {
    // Variables are int64 where the API's arguments are, and must come as they were sent.
    const plainly = server.getDefaultJsonParser('error', 'error')
    server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) =>
      plainly(request, text, (error, body) =>
        done(error, !error && holdsLongInteger(text) ? parseJson(text) : body),
      ),
    )
    // Left on the socket for whoever answers the request, who alone knows when its files are done with.
    server.addContentTypeParser(uploadType, (_request, _payload, done) => done(null))

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
        method: ['PUT', 'PATCH', 'DELETE'],
        url,
        handler: (_request, reply) => reply.status(405).header('allow', methods.join(', ')).send(wrongMethod),
      })
      server.route({
        method: methods,
        url,
        async handler(request, reply) {
          if (request.method === 'POST' && hasFiles(request))
            request.body = await uploads(request, reply, readerOf(request.headers))
          if (wantsEvents(request)) return options.events.answer(request, reply, scopeOf(request))
          const fast = await options.fastPath(request, reply, () => context(request, reply))
          if (fast) return fast
          // What fails in it would be Apollo's error, with a code of Apollo's.
          await context(request, reply)
          return answer.call(server, request, reply)
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
  }
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
