// Deliveries into the log. Those that wait together are stored together, whatever their feeds, so that a burst costs few
// commits. Each is answered when it is durable; of one feed, they are stored in the order in which they came.
import type { Database } from '../../store/index.ts'
import type { FeedId } from '../feeds/index.ts'
import type { NewEvent } from '../log/index.ts'
import { createDeliveryQueues } from './delivery-queues.ts'
import { createDeliveryStore, type Deliveries, type Stored, type Waiting } from './store-deliveries.ts'

/**
 * While the store is at work on one batch, what comes makes the next: two at once are each half as large, and cost more.
 * Each of the others has a connection while it waits for somebody's locks.
 */
const atOnce = { together: 1, once: 2, late: 3 }

export function createDeliveryLog(db: Database) {
  const { storeTogether, storeLate, storeOnce } = createDeliveryStore(db)
  const queues = createDeliveryQueues()
  /** Feeds with deliveries on their way. What came later waits, which keeps the order. */
  const busy = new Set<FeedId>()
  let late = new Map<FeedId, readonly Waiting[]>()
  const underway = { together: 0, once: 0, late: 0 }
  let departing = false

  /** Not at once: what else has come by now goes with it. */
  function departSoon(): void {
    if (departing) return
    departing = true
    setImmediate(() => {
      departing = false
      depart('together', queues.next, storeTogether)
      depart('once', queues.nextOnce, storeOnce)
    })
  }

  function depart(way: 'together' | 'once', next: typeof queues.next, store: typeof storeTogether): void {
    while (underway[way] < atOnce[way]) {
      const deliveries = next(busy)
      if (deliveries === null) return
      void send(way, deliveries, store)
    }
  }

  async function send(
    way: 'together' | 'once',
    deliveries: Deliveries,
    store: typeof storeTogether,
  ): Promise<void> {
    underway[way]++
    for (const feedId of deliveries.keys()) busy.add(feedId)
    const unanswered = await store(deliveries)
    underway[way]--
    free([...deliveries.keys()].filter(feedId => !unanswered.has(feedId)))
    for (const [feedId, waiting] of unanswered) late.set(feedId, waiting)
    void sendLate()
  }

  /** These wait for somebody else's lock; other feeds' deliveries do not. */
  async function sendLate(): Promise<void> {
    if (underway.late >= atOnce.late || late.size === 0) return
    underway.late++
    const deliveries = late
    late = new Map()
    await storeLate(deliveries)
    underway.late--
    free(deliveries.keys())
    void sendLate()
  }

  function free(feedIds: Iterable<FeedId>): void {
    for (const feedId of feedIds) busy.delete(feedId)
    departSoon()
  }

  return {
    /**
     * Resolves once the event is durable, or was before, or is refused. Rejects where the store failed. `once`: the
     * first event ends the feed.
     */
    append(feedId: FeedId, event: NewEvent, size: number, once: boolean): Promise<Stored> {
      const answer = Promise.withResolvers<Stored>()
      queues.add(feedId, { event, size, answer }, once)
      departSoon()
      return answer.promise
    },
  }
}
