// Deliveries into the log. Those that wait together are stored together, whatever their feeds, so that a burst costs few
// commits. Each is answered when it is durable; of one feed, they are stored in the order in which they came.
import type { Database } from '../../store/index.ts'
import type { FeedId } from '../feeds/index.ts'
import type { NewEvent } from '../log/index.ts'
import { createDeliveryQueues } from './delivery-queues.ts'
import {
  type Deliveries,
  type Stored,
  storeLate,
  storeOnce,
  storeTogether,
  type Waiting,
} from './store-deliveries.ts'

/** While the store is at work on one batch, the hub makes the next. */
const batchesAtOnce = 2
/** Each has a connection while it waits for others' locks. */
const lateAtOnce = 3

export function createDeliveryLog(db: Database) {
  const queues = createDeliveryQueues()
  /** Feeds with deliveries on their way. What came later waits, which keeps the order. */
  const busy = new Set<FeedId>()
  let late = new Map<FeedId, readonly Waiting[]>()
  const underway = { batches: 0, late: 0 }
  let departing = false

  /** Not at once: what else has come by now goes with it. */
  function departSoon(): void {
    if (departing) return
    departing = true
    setImmediate(() => {
      departing = false
      while (underway.batches < batchesAtOnce) {
        const batch = queues.next(busy)
        if (batch === null) return
        void send(batch.deliveries, batch.once)
      }
    })
  }

  async function send(deliveries: Deliveries, once: boolean): Promise<void> {
    underway.batches++
    for (const feedId of deliveries.keys()) busy.add(feedId)
    const unanswered = await (once ? storeOnce : storeTogether)(db, deliveries)
    underway.batches--
    free([...deliveries.keys()].filter(feedId => !unanswered.has(feedId)))
    for (const [feedId, waiting] of unanswered) late.set(feedId, waiting)
    void sendLate()
  }

  /** These wait for somebody else's lock; other feeds' deliveries do not. */
  async function sendLate(): Promise<void> {
    if (underway.late >= lateAtOnce || late.size === 0) return
    underway.late++
    const deliveries = late
    late = new Map()
    await storeLate(db, deliveries)
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
