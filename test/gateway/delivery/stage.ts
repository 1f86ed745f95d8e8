// A delivery over a log, clients, people and time that a test drives by hand.
import { parse } from 'graphql'
import type { Clock } from '../../../src/clock.ts'
import { JunctorError } from '../../../src/errors.ts'
import { createDelivery } from '../../../src/gateway/delivery/delivery.ts'
import type { Filter } from '../../../src/gateway/delivery/seat.ts'
import type { Sink } from '../../../src/gateway/delivery/sink.ts'
import type { FeedStream } from '../../../src/gateway/open-trigger.ts'
import type { Services } from '../../../src/gateway/services.ts'
import type { Actor } from '../../../src/identity/index.ts'
import { createLogger, createMetrics } from '../../../src/telemetry/index.ts'
import { feedIdOf, type LoggedEvent } from '../../../src/triggers/index.ts'
import { scalarSchema } from './scalar-schema.ts'

/** Time that passes by hand. */
export function handClock() {
  const due = new Set<() => void>()
  const clock: Clock = {
    now: () => 0,
    after(_milliseconds, callback) {
      due.add(callback)
      return () => due.delete(callback)
    },
  }
  return {
    clock,
    due,
    pass() {
      for (const callback of [...due]) {
        due.delete(callback)
        callback()
      }
    },
  }
}

/** Lets everything that can happen now happen. */
export async function settle(turns = 30): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve))
}

/** Payloads that a stalled client has room for. */
export const room = 3

const feedId = feedIdOf('11111111-1111-4111-8111-111111111111')
const ownDocument = parse('subscription { demo_onItem { id cursor data } }')
const personalDocument = parse('subscription { demo_onItem { id feed { id } } }')

export function openStage() {
  const log: LoggedEvent[] = []
  const waiting = new Set<() => void>()
  const time = handClock()
  const metrics = createMetrics()
  /** People who may not read. */
  const refused = new Set<string>()
  /** People whose session has ended. */
  const gone = new Set<string>()
  /** How often each event was executed. */
  const executed = new Map<string, number>()
  let crash: Error | null = null
  let looks = 0

  function wake(): void {
    for (const resume of [...waiting]) resume()
    waiting.clear()
  }

  async function page(from: number, signal: AbortSignal, waits: boolean) {
    while (!signal.aborted) {
      await Promise.resolve()
      if (crash) {
        const error = crash
        crash = null
        throw error
      }
      const events = log.slice(from, from + 4)
      if (events.length > 0 || !waits) return events
      await new Promise<void>(resolve => {
        waiting.add(resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    }
    return null
  }

  const services = {
    connections: {
      async readersOf(_id: string, actors: readonly Actor[]) {
        looks++
        return new Set(actors.filter(({ userId }) => !refused.has(userId)))
      },
    },
    clock: time.clock,
    logger: createLogger('silent'),
    metrics,
  } as unknown as Services
  const deliver = createDelivery(services)(async ({ rootValue, contextValue }) => {
    const { id, cursor } = rootValue as { id: string; cursor: string }
    executed.set(id, (executed.get(id) ?? 0) + 1)
    await Promise.resolve()
    return { data: { id, cursor, actor: (contextValue as { actor: Actor }).actor.name } }
  })

  return {
    time,
    refused,
    gone,
    executed,
    looks: () => looks,
    last: () => log.length,
    subscribers: async () => (await metrics.subscribers.get()).values[0]?.value ?? 0,
    /** Events that were sent, by connector. */
    sent: async () => (await metrics.eventsDelivered.get()).values,
    dropped: async () => (await metrics.slowSubscribers.get()).values,
    append(count = 1) {
      for (let n = 0; n < count; n++) {
        const sequence = log.length + 1
        log.push({
          feedId,
          sequence,
          id: `e${sequence}`,
          cursor: String(sequence),
          time: new Date(0),
          data: { n: sequence },
        })
      }
      wake()
    },
    crash(error: Error = new JunctorError('FEED_ENDED', 'It has ended.')) {
      crash = error
      wake()
    },
    join(
      options: {
        person?: string
        after?: number
        filter?: Filter | null
        personal?: boolean
        connectionId?: null
      } = {},
    ) {
      const { person = 'ada', after = log.length, filter = null, personal = false } = options
      const actor = { userId: person, name: person, sessionId: `session:${person}`, organizationIds: ['org'] }
      const received: number[] = []
      const answers: string[] = []
      let untaken = 0
      let mostUntaken = 0
      let stalled = false
      let dropped: string | null = null
      let drain: () => void = () => undefined
      const sink: Sink = {
        send({ cursor, json }) {
          received.push(Number(cursor))
          answers.push(String(json))
          if (!stalled) return true
          untaken++
          mostUntaken = Math.max(mostUntaken, untaken)
          return untaken < room
        },
        drained: () =>
          untaken === 0
            ? Promise.resolve()
            : new Promise(resolve => {
                drain = resolve
              }),
        drop(reason) {
          dropped = reason
        },
      }
      const left = { count: 0 }
      const stream = {
        subscription: { feed: { id: feedId }, position: after, until: null, page, leave: () => left.count++ },
        binding: {
          connectionId: options.connectionId === null ? null : 'connection',
          organizationId: 'org',
          connector: 'demo',
          field: 'demo_onItem',
        },
        typename: 'demo_OnItemEvent',
        filter,
        [Symbol.asyncIterator]: () => undefined,
      } as unknown as FeedStream
      const sending = deliver(
        stream,
        {
          schema: scalarSchema,
          document: personal ? personalDocument : ownDocument,
          contextValue: {
            actor,
            actorNow: async () =>
              gone.has(person) ? null : { ...actor, organizationIds: refused.has(person) ? [] : ['org'] },
          },
        },
        sink,
      )
      /** Null while it goes on. */
      let ending: { readonly error: unknown } | null = null
      sending.next().then(
        () => {
          ending = { error: null }
        },
        (error: unknown) => {
          ending = { error }
        },
      )
      return {
        person,
        filter,
        start: after,
        received,
        answers,
        left,
        ending: () => ending,
        dropped: () => dropped,
        mostUntaken: () => mostUntaken,
        stall() {
          stalled = true
        },
        drain() {
          stalled = false
          untaken = 0
          drain()
        },
        leave: () => sending.return(),
      }
    },
  }
}

export type Stage = ReturnType<typeof openStage>
