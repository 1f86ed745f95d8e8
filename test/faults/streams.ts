// How a subscription runs: over WebSocket or over server-sent events, by the clients that people use for them.
import { createClient as createSseClient } from 'graphql-sse'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

export interface Asked {
  /** Of the hub. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

export interface Stream {
  /** Throws where the connection breaks. */
  readonly answers: AsyncIterable<{ readonly data?: unknown; readonly errors?: unknown }>
  /** Breaks the connection; may be called again. */
  leave(): void
}

export type Transport = (asked: Asked) => Stream

export interface WebSocketOptions {
  /** Milliseconds: between pings, and that an answer to one, or to the connection itself, may take. */
  readonly patience?: { readonly ping: number; readonly pong: number }
  /** Gets the socket when it is open; what it returns is called before the connection is broken. */
  readonly opened?: (socket: WebSocket) => () => void
}

/** One that is closed before it is open tells an error that nobody listens to any more. */
const socketOf = new Proxy(WebSocket, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given, newTarget).on('error', () => {
      // The client tells of it, or does not want to know any more.
    }),
})

export const overWebSocket =
  ({ patience, opened = () => () => {} }: WebSocketOptions): Transport =>
  ({ url, headers, query, variables }) => {
    let late: NodeJS.Timeout | undefined
    let leaving = () => {}
    const client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: socketOf,
      connectionParams: { ...headers },
      retryAttempts: 0,
      ...(patience && { connectionAckWaitTimeout: patience.pong, keepAlive: patience.ping }),
      on: {
        opened: socket => {
          leaving = opened(socket as WebSocket)
        },
        ping: received => {
          // A hub that was stopped says nothing and closes nothing.
          if (!received) late = setTimeout(() => client.terminate(), patience?.pong)
        },
        pong: received => {
          if (received) clearTimeout(late)
        },
      },
    })
    return {
      answers: client.iterate({ query, variables: { ...variables } }),
      leave() {
        clearTimeout(late)
        leaving()
        client.terminate()
        void client.dispose()
      },
    }
  }

export const overSse: Transport = ({ url, headers, query, variables }) => {
  const client = createSseClient({
    url: `${url}/graphql/stream`,
    headers: { ...headers },
    retryAttempts: 0,
  })
  return { answers: client.iterate({ query, variables: { ...variables } }), leave: () => client.dispose() }
}
