// Subscriptions to their clients: who selects the same of the same feed shares one tail.
import type { ExecutionArgs, ExecutionResult } from 'graphql'
import { printJson } from '../../json.ts'
import type { RequestContext } from '../context.ts'
import { eventSource, isFeedStream } from '../open-trigger.ts'
import type { Services } from '../services.ts'
import { type AccessOptions, createAccess } from './access.ts'
import { createPayloads } from './payloads.ts'
import { type Seat, type Tails, takeSeat } from './seat.ts'
import { selectionOf } from './selection.ts'
import { type SharedTail, startTail } from './shared-tail.ts'
import type { Sending, Sink } from './sink.ts'

/** Sends the stream's events, as the prepared operation selects of them, to the sink. */
export type Deliver = (stream: AsyncIterable<unknown>, prepared: ExecutionArgs, sink: Sink) => Sending

export type CreateDeliver = (run: (prepared: ExecutionArgs) => Promise<ExecutionResult>) => Deliver

export function createDelivery(services: AccessOptions & Pick<Services, 'metrics'>): CreateDeliver {
  const { clock, metrics } = services
  const access = createAccess(services)

  return run => {
    const payloads = createPayloads(run)
    const tails = createTails(seat => {
      const { key } = seat.recipe
      return ended => startTail(seat, { access, payloads, clock, ended: () => ended(key) })
    })
    const schemas = createNumbers()

    return function deliver(stream, prepared, sink) {
      if (!isFeedStream(stream)) throw new Error('A subscription field opened something else than a feed.')
      const { subscription, binding, typename, filter } = stream
      const context: RequestContext = prepared.contextValue as RequestContext
      const selection = selectionOf(prepared.document, prepared.operationName)
      const person = { key: context.actor?.sessionId ?? '', actorNow: context.actorNow }
      const delivered = metrics.eventsDelivered.labels(metrics.connectorLabel(binding.connector))
      const values = selection.variables.map(name => prepared.variableValues?.[name])
      const key = [
        schemas.of(prepared.schema),
        subscription.feed.id,
        selection.key,
        printJson(values),
        selection.personal ? person.key : '',
      ].join(' ')
      return takeSeat({
        recipe: {
          key,
          arguments: prepared,
          lasting: !selection.personal,
          source: event => eventSource(event, typename),
        },
        place: binding,
        person,
        filter,
        subscription,
        sink,
        // A tail goes on for ever: a range is read to its end by its own subscriber.
        tails: subscription.until === null ? tails : noTails,
        access,
        payloads,
        clock,
        opened: () => metrics.subscribers.inc(),
        closed: () => metrics.subscribers.dec(),
        sent: () => delivered.inc(),
        fellBehind: () => metrics.slowSubscribers.inc({ outcome: 'behind' }),
        dropped: () => metrics.slowSubscribers.inc({ outcome: 'dropped' }),
      })
    }
  }
}

const noTails: Tails = { take: () => false, leave: () => undefined }

type Start = (ended: (key: string) => void) => SharedTail

function createTails(starter: (seat: Seat) => Start): Tails {
  const tails = new Map<string, SharedTail>()
  return {
    take(seat, start) {
      const { key } = seat.recipe
      const tail = tails.get(key)
      if (tail) return tail.take(seat)
      if (!start) return false
      const made = starter(seat)(gone => {
        if (tails.get(gone) === made) tails.delete(gone)
      })
      tails.set(key, made)
      return true
    },
    leave: seat => tails.get(seat.recipe.key)?.leave(seat),
  }
}

/** Numbers for objects, to tell them apart in a key. */
function createNumbers() {
  const numbers = new WeakMap<object, number>()
  let last = 0
  return {
    of(value: object): number {
      const known = numbers.get(value) ?? ++last
      numbers.set(value, known)
      return known
    },
  }
}
