// A client as the README asks for one: it reads a feed, and comes back with its last cursor whenever the connection
// breaks, a hub says no, or nothing is heard any more, to whatever hub.
import { z } from 'zod'
import type { Chance } from '../conformance/calls/seeded.ts'
import { overWebSocket, type Stream, type Transport } from './streams.ts'

/** Milliseconds: between pings, that an answer to one may take, and before it connects again. */
const times = { ping: 1_000, pong: 2_000, again: 200 }

/** One root field, whatever its name: `feedEvents` or a trigger's own. */
const answer = z.record(z.string(), z.object({ cursor: z.string(), data: z.unknown() }))

export interface Subscriber extends AsyncDisposable {
  /** The numbers that it saw, in its order. */
  readonly seen: number[]
  readonly connections: () => number
  /** Behind the last that it saw. */
  readonly cursor: () => string | undefined
  /** Errors of GraphQL that ended a subscription. */
  readonly errors: readonly string[]
  /** How its connections ended that it did not end itself. */
  readonly endings: readonly string[]
}

export interface SubscriberOptions {
  readonly urls: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly feed: string
  /** Left out: over WebSocket, with pings. */
  readonly transport?: Transport
  /** Of one root field with `cursor` and `data`, which takes `$after`. Left out: `feedEvents` of the feed. */
  readonly query?: string
  /** Where somebody was who comes back. */
  readonly after?: string | undefined
  readonly numberOf: (data: unknown) => number
  readonly chance: Chance
}

const anyFeed =
  'subscription ($feed: ID!, $after: String) { feedEvents(feed: $feed, after: $after) { cursor data } }'

export function subscribe(options: SubscriberOptions): Subscriber {
  const { transport = overWebSocket({ patience: times }), query } = options
  const seen: number[] = []
  const told: string[] = []
  const endings: string[] = []
  let cursor = options.after
  let connections = 0
  let stream: Stream | null = null
  let ended = false

  async function read(): Promise<void> {
    connections++
    stream = transport({
      url: options.chance.pick(options.urls),
      headers: options.headers,
      query: query ?? anyFeed,
      variables: { after: cursor, ...(!query && { feed: options.feed }) },
    })
    try {
      for await (const { data, errors } of stream.answers) {
        if (errors) told.push(JSON.stringify(errors))
        const [event] = Object.values(answer.safeParse(data).data ?? {})
        if (!event) break
        seen.push(options.numberOf(event.data))
        cursor = event.cursor
      }
    } finally {
      stream.leave()
    }
  }

  async function run(): Promise<void> {
    while (!ended) {
      // However it ended, it comes back.
      const ending = await read().then(() => 'It was complete.', endingOf)
      if (ended) return
      endings.push(ending)
      await new Promise(resolve => setTimeout(resolve, times.again))
    }
  }
  const running = run()
  return {
    seen,
    connections: () => connections,
    cursor: () => cursor,
    errors: told,
    endings,
    async [Symbol.asyncDispose]() {
      ended = true
      stream?.leave()
      await running
    },
  }
}

/** A closed WebSocket is no Error, but tells a code and a reason; what a hub refuses is a list of errors. */
function endingOf(error: unknown): string {
  if (error instanceof Error) return String(error)
  if (Array.isArray(error)) return JSON.stringify(error)
  const { code, reason } = closing.parse(error)
  return `${code} ${reason}`.trim()
}

const closing = z.looseObject({ code: z.number(), reason: z.string() }).catch({ code: 0, reason: '' })
