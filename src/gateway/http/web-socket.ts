// GraphQL over WebSocket (graphql-ws). A socket has one caller, known by what its upgrade request or connection_init
// proves; who that is, and what they belong to, is asked again for each operation. It closes when the session ends.
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ExecutionArgs, getOperationAST } from 'graphql'
import { useServer as acceptSockets } from 'graphql-ws/use/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { HeaderReader, Identity } from '../../identity/index.ts'
import type { SharedCalls } from '../../invocation/index.ts'
import { exactReplacer, exactReviver } from '../../json.ts'
import { type Asked, asksTrace, type RequestContext, type Scope } from '../context.ts'
import type { Sink } from '../delivery/sink.ts'
import { createDocuments } from '../documents.ts'
import { type ErrorPresenter, formatError } from '../errors.ts'
import type { Executor } from '../execute.ts'
import { readerOf } from './headers.ts'
import { createSocketSubscriptions, type SocketSubscriptions } from './open-streams.ts'
import type { WatchSession } from './session-watch.ts'
import { tryAgainLater, webSocketSink } from './web-socket-sink.ts'

/** A message may be this large; a document with its variables. */
const maxPayload = 256 * 1024
/** From one ping to the next, and for its answer: longer than a slow client's time, so that it is told why. */
const keepAliveMilliseconds = 30_000
const forbidden = 4403
const goingAway = 1001

interface Options {
  readonly server: Server
  readonly executor: Executor
  readonly identity: Identity
  readonly present: ErrorPresenter
  readonly watchSession: WatchSession
  /** Subscriptions that one socket has at once. */
  readonly most: number
  /** Origins that a browser's socket may come from. */
  readonly origins: ReadonlySet<string>
  /** For one operation. */
  readonly shareCalls: () => SharedCalls
}

interface Caller {
  /** What proves who it is. */
  readonly headers: HeaderReader
  /** Aborts when the socket closes. */
  readonly signal: AbortSignal
  readonly subscriptions: SocketSubscriptions
}

/** Of a socket that closed while it introduced itself. */
const nobody: Caller = {
  headers: readerOf({}),
  signal: AbortSignal.abort(),
  subscriptions: createSocketSubscriptions(0, () => ({})),
}

/** Serves `/graphql` and `/graphql/<connector>` sockets on the HTTP server. Dispose closes every socket with 1001. */
export function serveWebSockets(options: Options): AsyncDisposable {
  const { executor, identity, present } = options
  const sockets = new WebSocketServer({ noServer: true, maxPayload })
  const documents = createDocuments()
  const callers = new WeakMap<WebSocket, Caller>()
  const sinks = new WeakMap<ExecutionArgs, Sink>()
  const sinkOf = (prepared: ExecutionArgs): Sink => {
    const sink = sinks.get(prepared)
    if (sink) return sink
    throw new Error('graphql-ws subscribes with other arguments than it was given.')
  }

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refused = refusal(request, options.origins)
    if (refused) {
      socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, upgraded => sockets.emit('connection', upgraded, request))
  }
  options.server.on('upgrade', upgrade)

  const handler = acceptSockets(
    {
      connectionInitWaitTimeout: 10_000,
      async onConnect(context) {
        const { extra, connectionParams } = context
        const headers = readerOf(extra.request.headers, connectionParams)
        const end = new AbortController()
        extra.socket.once('close', () => end.abort())
        const subscriptions = createSocketSubscriptions(options.most, () => context.subscriptions)
        callers.set(extra.socket, { headers, signal: end.signal, subscriptions })
        const actor = await identity.authenticate(headers).catch((error: unknown) => {
          // Thrown, it would end the socket with a code after which clients give up for good.
          extra.socket.close(tryAgainLater, present(error).message)
          return null
        })
        if (actor && extra.socket.readyState === extra.socket.OPEN) {
          const close = () => extra.socket.close(forbidden, 'The session ended.')
          const stop = options.watchSession(actor, headers, close)
          extra.socket.once('close', stop)
        }
        // Nobody signed in may look at what is public; anything else answers UNAUTHENTICATED.
        return true
      },
      async onSubscribe({ extra }, id, payload) {
        const { headers, signal, subscriptions } = callers.get(extra.socket) ?? nobody
        const actorNow = () => identity.authenticate(headers)
        try {
          const actor = await actorNow()
          const context: RequestContext = {
            actor,
            actorNow,
            scope: scopeOf(extra.request.url),
            calls: options.shareCalls(),
            signal,
            asked: askedBy(payload.extensions),
          }
          const document = documents(payload.query)
          if (getOperationAST(document, payload.operationName)?.operation === 'subscription')
            subscriptions.add(id)
          const prepared = await executor.prepare({
            document,
            operationName: payload.operationName ?? undefined,
            variables: payload.variables ?? undefined,
            context,
          })
          if ('errors' in prepared) return prepared.errors
          sinks.set(prepared.arguments, webSocketSink(extra.socket, id))
          return prepared.arguments
        } catch (error) {
          return [present(error)]
        }
      },
      execute: arguments_ => executor.run(arguments_),
      // Events go to the socket themselves; graphql-ws keeps the subscription, and ends it.
      subscribe: arguments_ => executor.subscribe(arguments_, sinkOf(arguments_)),
      onError: (_context, _id, _payload, errors) => errors.map(error => formatError(present(error))),
      jsonMessageReplacer: exactReplacer,
      jsonMessageReviver: exactReviver,
    },
    sockets,
    keepAliveMilliseconds,
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

/** A socket serves many operations, so each says for itself what the header of a request would. */
function askedBy(extensions: Readonly<Record<string, unknown>> | null | undefined): Asked {
  const traceparent = extensions?.traceparent
  return {
    traceparent: typeof traceparent === 'string' ? traceparent : null,
    trace: asksTrace(extensions),
  }
}

function pathOf(url: string | undefined): string {
  return new URL(url ?? '/', 'http://hub').pathname
}
