// Deliveries that wait, by feed, and which of them go next. Feeds take turns: no burst of one goes before what others
// have waiting.
import type { FeedId } from '../feeds/index.ts'
import type { Deliveries, Waiting } from './store-deliveries.ts'

/** Of one batch; a larger event goes alone. */
const most = { events: 200, bytes: 4_000_000 }

export function createDeliveryQueues() {
  /** In the order in which it is their turn. */
  const queues = new Map<FeedId, { readonly waiting: Waiting[]; readonly once: boolean }>()

  /** One of each feed, then a second of each, and so on. */
  function* inTurn(busy: ReadonlySet<FeedId>): Generator<[FeedId, Waiting]> {
    let free = [...queues].filter(([feedId, { once }]) => !once && !busy.has(feedId))
    for (let round = 0; free.length > 0; round++) {
      free = free.filter(([, { waiting }]) => waiting.length > round)
      for (const [feedId, { waiting }] of free) {
        const next = waiting[round]
        if (next) yield [feedId, next]
      }
    }
  }

  function fitting(busy: ReadonlySet<FeedId>): Deliveries {
    const chosen = new Map<FeedId, Waiting[]>()
    let events = 0
    let bytes = 0
    for (const [feedId, next] of inTurn(busy)) {
      events++
      bytes += next.size
      if (events > 1 && (events > most.events || bytes > most.bytes)) break
      const ofFeed = chosen.get(feedId)
      if (ofFeed) ofFeed.push(next)
      else chosen.set(feedId, [next])
    }
    return chosen
  }

  /** Whoever has more waiting goes to the end. */
  function take(deliveries: Deliveries): Deliveries {
    for (const [feedId, { length }] of deliveries) {
      const queue = queues.get(feedId)
      queues.delete(feedId)
      queue?.waiting.splice(0, length)
      if (queue && queue.waiting.length > 0) queues.set(feedId, queue)
    }
    return deliveries
  }

  return {
    add(feedId: FeedId, waiting: Waiting, once: boolean): void {
      const queue = queues.get(feedId)
      if (queue) queue.waiting.push(waiting)
      else queues.set(feedId, { waiting: [waiting], once })
    },

    /** Takes out what goes next in one batch, nothing of the feeds that are `busy`; null where that is nothing. */
    next(busy: ReadonlySet<FeedId>): Deliveries | null {
      const deliveries = fitting(busy)
      return deliveries.size === 0 ? null : take(deliveries)
    },

    /** The same for one delivery that ends its feed. */
    nextOnce(busy: ReadonlySet<FeedId>): Deliveries | null {
      for (const [feedId, { waiting, once }] of queues)
        if (once && !busy.has(feedId)) return take(new Map([[feedId, waiting.slice(0, 1)]]))
      return null
    },
  }
}
