// GraphQL over WebSocket (graphql-ws). A socket has one caller, known from its upgrade request or connection_init;
// it closes when that session ends.
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { GraphQLError } from 'graphql'
import { useServer as acceptSockets } from 'graphql-ws/use/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../../clock.ts'
import type { Actor, Identity } from '../../identity/index.ts'
import { exactReplacer } from '../../json.ts'
import type { RequestContext, Scope } from '../context.ts'
import { createDocuments } from '../documents.ts'
import { type ErrorPresenter, formatError } from '../errors.ts'
import type { Executor } from '../execute.ts'
import { headersOf } from './headers.ts'

/** A message may be this large; a document with its variables. */
const maxPayload = 256 * 1024
/** How often a socket's session is looked at. */
const livenessMilliseconds = 5_000
const forbidden = 4403
const goingAway = 1001

interface Options {
  readonly server: Server
  readonly executor: Executor
  readonly identity: Identity
  readonly present: ErrorPresenter
  readonly clock: Clock
  /** Origins that a browser's socket may come from. */
  readonly origins: ReadonlySet<string>
}

/** Serves `/graphql` and `/graphql/<connector>` sockets on the HTTP server. Dispose closes every socket with 1001. */
export function serveWebSockets(options: Options): AsyncDisposable {
  const { executor, identity, clock, present } = options
  const sockets = new WebSocketServer({ noServer: true, maxPayload })
  const documents = createDocuments()
  const actors = new WeakMap<WebSocket, Actor | null>()
  const ends = new WeakMap<WebSocket, AbortController>()

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refused = refusal(request, options.origins)
    if (refused) {
      socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, upgraded => sockets.emit('connection', upgraded, request))
  }
  options.server.on('upgrade', upgrade)

  function watch(socket: WebSocket, actor: Actor): void {
    const look = async (): Promise<void> => {
      if (socket.readyState !== socket.OPEN) return
      const live = clock.now() < actor.expiresAt && (await identity.isLive(actor))
      if (!live) socket.close(forbidden, 'The session ended.')
      else clock.after(livenessMilliseconds, () => void look())
    }
    clock.after(livenessMilliseconds, () => void look())
  }

  const handler = acceptSockets(
    {
      connectionInitWaitTimeout: 10_000,
      async onConnect({ extra, connectionParams }) {
        const actor = await identity.authenticate(headersOf(extra.request.headers, connectionParams))
        actors.set(extra.socket, actor)
        const end = new AbortController()
        ends.set(extra.socket, end)
        extra.socket.once('close', () => end.abort())
        if (actor) watch(extra.socket, actor)
        // Nobody signed in may look at what is public; anything else answers UNAUTHENTICATED.
        return true
      },
      async onSubscribe({ extra }, _id, payload) {
        const context: RequestContext = {
          actor: actors.get(extra.socket) ?? null,
          scope: scopeOf(extra.request.url),
          signal: ends.get(extra.socket)?.signal ?? AbortSignal.abort(),
        }
        try {
          const prepared = await executor.prepare({
            document: documents(payload.query),
            operationName: payload.operationName ?? undefined,
            variables: payload.variables ?? undefined,
            context,
          })
          return 'errors' in prepared ? prepared.errors : prepared.arguments
        } catch (error) {
          if (error instanceof GraphQLError) return [error]
          throw error
        }
      },
      execute: arguments_ => executor.run(arguments_),
      subscribe: arguments_ => executor.subscribe(arguments_),
      onError: (_context, _id, _payload, errors) => errors.map(error => formatError(present(error))),
      jsonMessageReplacer: exactReplacer,
    },
    sockets,
  )

  return {
    async [Symbol.asyncDispose]() {
      options.server.off('upgrade', upgrade)
      for (const socket of sockets.clients) socket.close(goingAway, 'The hub is going away.')
      await handler.dispose()
    },
  }
}

/** The refusal's status line, or null: only GraphQL paths, and only pages of this hub (connector-platforms G4). */
function refusal(request: IncomingMessage, origins: ReadonlySet<string>): string | null {
  const path = pathOf(request.url)
  if (path !== '/graphql' && !/^\/graphql\/[a-z][a-z0-9]*$/.test(path)) return '404 Not Found'
  const origin = request.headers.origin
  if (origin !== undefined && !origins.has(origin) && origin !== `http://${request.headers.host}`)
    return '403 Forbidden'
  return null
}

function scopeOf(url: string | undefined): Scope {
  const path = pathOf(url)
  return path === '/graphql'
    ? { kind: 'graph', named: [] }
    : { kind: 'subgraph', connector: path.slice('/graphql/'.length) }
}

function pathOf(url: string | undefined): string {
  return new URL(url ?? '/', 'http://hub').pathname
}
