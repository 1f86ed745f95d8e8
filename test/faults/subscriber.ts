// A client as the README asks for one: it reads a feed over graphql-ws, and comes back with its last cursor whenever
// the connection breaks, a hub says no, or nothing is heard any more, to whatever hub.
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import type { Chance } from '../conformance/calls/seeded.ts'

/** Milliseconds: between pings, that an answer to one may take, and before it connects again. */
const times = { ping: 1_000, pong: 2_000, again: 200 }

export interface Subscriber extends AsyncDisposable {
  /** The numbers that it saw, in its order. */
  readonly seen: number[]
  readonly connections: () => number
  /** Errors of GraphQL that ended a subscription. */
  readonly errors: readonly string[]
}

interface Event {
  readonly feedEvents: { readonly cursor: string; readonly data: unknown }
}

export function subscribe(options: {
  readonly urls: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly feed: string
  readonly numberOf: (data: unknown) => number
  readonly chance: Chance
}): Subscriber {
  const seen: number[] = []
  const told: string[] = []
  let cursor: string | undefined
  let connections = 0
  let leave = () => {}
  let ended = false

  async function read(): Promise<void> {
    connections++
    const client = createClient({
      url: `${options.chance.pick(options.urls).replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { ...options.headers },
      retryAttempts: 0,
      connectionAckWaitTimeout: times.pong,
      keepAlive: times.ping,
    })
    let late: NodeJS.Timeout | undefined
    client.on('ping', received => {
      // A hub that was stopped says nothing and closes nothing.
      if (!received) late = setTimeout(() => client.terminate(), times.pong)
    })
    client.on('pong', received => {
      if (received) clearTimeout(late)
    })
    leave = () => client.terminate()
    const events = client.iterate<Event>({
      query:
        'subscription ($feed: ID!, $after: String) { feedEvents(feed: $feed, after: $after) { cursor data } }',
      variables: { feed: options.feed, after: cursor },
    })
    try {
      for await (const { data, errors } of events) {
        if (errors) told.push(JSON.stringify(errors))
        if (!data?.feedEvents) break
        seen.push(options.numberOf(data.feedEvents.data))
        cursor = data.feedEvents.cursor
      }
    } finally {
      clearTimeout(late)
      client.terminate()
      await client.dispose()
    }
  }

  async function run(): Promise<void> {
    while (!ended) {
      // However it ended, it comes back.
      await read().catch(() => {})
      if (!ended) await new Promise(resolve => setTimeout(resolve, times.again))
    }
  }
  const running = run()
  return {
    seen,
    connections: () => connections,
    errors: told,
    async [Symbol.asyncDispose]() {
      ended = true
      leave()
      await running
    },
  }
}
