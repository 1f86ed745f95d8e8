// Who stays from the first event to the last: over WebSocket and server-sent events, some of whom take little at times.
import type WebSocket from 'ws'
import type { Chance } from '../conformance/calls/seeded.ts'
import { overSse, overWebSocket, type Transport } from '../faults/streams.ts'
import { type Subscriber, subscribe } from '../faults/subscriber.ts'
import type { FilledFeed, Filling } from './filled-feeds.ts'
import { sawAll } from './laws.ts'

export interface AudienceOptions {
  /** At each webhook feed, over WebSocket and over server-sent events. */
  readonly steadyEach: number
  readonly sseEach: number
  /** One each at the first polled feeds. */
  readonly polledSubscribers: number
  /** At the feed of large events, beside two who take them. */
  readonly slow: number
}

export interface Listener {
  readonly subscriber: Subscriber
  readonly slow: boolean
  /** So many events it has yet to see. */
  lacks(): number
  /** What breaks a law, in sentences. */
  faults(): string[]
}

interface Hub {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly chance: Chance
  /** From then on the slow ones read. */
  readonly signal: AbortSignal
}

/** Who takes nothing is told so when it reads again (1013); who answers no ping for 30 seconds is told nothing (1006). */
const cutOff = /^(1013 |1006$)/

type Kind = 'WebSocket' | 'SSE' | 'slow'

/** Everybody subscribes at once; every other one by the trigger's own field. They leave with the stack. */
export function gather(
  stack: AsyncDisposableStack,
  { webhooks, large, polled }: Filling,
  options: AudienceOptions,
  { url, headers, chance, signal }: Hub,
): Listener[] {
  const transports = { WebSocket: overWebSocket({}), SSE: overSse, slow: slowly(chance, signal) }
  const listen = (filled: FilledFeed, kind: Kind, count: number): Listener[] =>
    Array.from({ length: count }, (_, index) => {
      const { id, query, numberOf } = filled.feed
      const subscriber = stack.use(
        subscribe({
          urls: [url],
          headers,
          feed: id,
          numberOf,
          chance,
          transport: transports[kind],
          ...(index % 2 === 0 && { query }),
        }),
      )
      return listener(`${filled.feed.name}, ${kind} ${index}`, filled, subscriber, kind === 'slow')
    })
  return [
    ...webhooks.flatMap(each => [
      ...listen(each, 'WebSocket', options.steadyEach),
      ...listen(each, 'SSE', options.sseEach),
    ]),
    ...polled.slice(0, options.polledSubscribers).flatMap(each => listen(each, 'WebSocket', 1)),
    ...listen(large, 'WebSocket', 2),
    ...listen(large, 'slow', options.slow),
  ]
}

function listener(name: string, { last }: FilledFeed, subscriber: Subscriber, slow: boolean): Listener {
  const { seen, endings, errors } = subscriber
  return {
    subscriber,
    slow,
    lacks: () => Math.max(0, last() - seen.length),
    faults: () => [
      ...sawAll(name, seen, last()),
      ...endings
        .filter(ending => !(slow && cutOff.test(ending)))
        .map(ending => `${name} was disconnected: ${ending}`),
      ...errors.map(error => `${name} was told: ${error}`),
    ],
  }
}

/** Milliseconds at most: that one reads, and that it does not. The hub disconnects whoever takes nothing for 15 seconds. */
const spells = { reading: 20_000, pausing: 40_000 }

/** Stops reading for a while, again and again, until the signal. */
function slowly(chance: Chance, signal: AbortSignal): Transport {
  return overWebSocket({
    opened(socket: WebSocket) {
      let timer: NodeJS.Timeout
      const read = () => {
        socket.resume()
        timer = setTimeout(stop, chance.below(spells.reading))
      }
      const stop = () => {
        if (signal.aborted) return
        socket.pause()
        timer = setTimeout(read, chance.below(spells.pausing))
      }
      const stay = () => {
        clearTimeout(timer)
        // What is not read cannot be closed either.
        socket.resume()
      }
      timer = setTimeout(stop, chance.below(spells.reading))
      signal.addEventListener('abort', stay)
      return () => {
        stay()
        signal.removeEventListener('abort', stay)
      }
    },
  })
}
