// Deliveries into the log. Those of one feed wait for its row lock one after the other; the ones that wait together
// are stored together, in one transaction, so that a burst costs few commits. Each is answered when it is durable.
import { eq, sql } from 'drizzle-orm'
import { type Database, isUniqueViolation, schema } from '../../store/index.ts'
import { type FeedId, fenced } from '../feeds/index.ts'
import { appendAtOnce, appendNew, type NewEvent } from '../log/index.ts'

const { feed } = schema

/** Whether the event is new to the feed, or why the feed takes none. */
export type Stored = 'stored' | 'repeated' | 'ended' | 'paused'

interface Waiting {
  readonly event: NewEvent
  readonly size: number
  readonly answer: PromiseWithResolvers<Stored>
}

/** Of one transaction; a larger event goes alone. */
const most = { events: 100, bytes: 4_000_000 }

export function createDeliveryLog(db: Database) {
  const waiting = new Map<FeedId, Waiting[]>()

  /** `once`: the first event ends the feed. Rejects where the store failed. */
  async function commit(
    feedId: FeedId,
    events: readonly NewEvent[],
    once: boolean,
  ): Promise<readonly Stored[]> {
    return db.transaction(async transaction => {
      const [locked] = await transaction.select().from(feed).where(eq(feed.id, feedId)).for('update')
      if (!locked || locked.status === 'ENDED') return events.map(() => 'ended')
      if (locked.status === 'PAUSED') return events.map(() => 'paused')
      const added = await appendNew(transaction, locked, events)
      if (once) await transaction.update(feed).set(answered).where(eq(feed.id, feedId))
      return outcomes(events, added)
    })
  }

  /** In one statement where that can be: a callback that ends its feed has more to do. */
  async function stored(
    feedId: FeedId,
    events: readonly NewEvent[],
    once: boolean,
  ): Promise<readonly Stored[]> {
    if (once) return commit(feedId, events, once)
    try {
      const appended = await appendAtOnce(db, feedId, events)
      if (!appended || appended.status === 'ENDED') return events.map(() => 'ended')
      if (appended.status === 'PAUSED') return events.map(() => 'paused')
      return outcomes(events, appended.added)
    } catch (error) {
      // Another instance was there at the same moment.
      if (isUniqueViolation(error)) return commit(feedId, events, once)
      throw error
    }
  }

  async function settle(feedId: FeedId, batch: readonly Waiting[], once: boolean): Promise<void> {
    try {
      const events = batch.map(({ event }) => event)
      const answers = await stored(feedId, events, once)
      for (const [index, { answer }] of batch.entries()) answer.resolve(answers[index] ?? 'ended')
    } catch (error) {
      // What one event cannot do to the store must not be its neighbours' fault.
      if (batch.length > 1) for (const each of batch) await settle(feedId, [each], once)
      else for (const { answer } of batch) answer.reject(error)
    }
  }

  async function work(feedId: FeedId, queue: Waiting[], once: boolean): Promise<void> {
    while (queue.length > 0) await settle(feedId, next(queue, once), once)
    waiting.delete(feedId)
  }

  return {
    /** Resolves once the event is durable, or was before, or is refused. Rejects where the store failed. */
    append(feedId: FeedId, event: NewEvent, size: number, once: boolean): Promise<Stored> {
      const answer = Promise.withResolvers<Stored>()
      const queue = waiting.get(feedId)
      if (queue) queue.push({ event, size, answer })
      else {
        const begun = [{ event, size, answer }]
        waiting.set(feedId, begun)
        void work(feedId, begun, once)
      }
      return answer.promise
    },
  }
}

/** Of equal keys in one batch the first is new. */
function outcomes(events: readonly NewEvent[], added: readonly string[]): readonly Stored[] {
  const fresh = new Set(added)
  return events.map(({ key }) => (fresh.delete(key) ? 'stored' : 'repeated'))
}

function next(queue: Waiting[], once: boolean): readonly Waiting[] {
  let bytes = 0
  const fitting = queue.findIndex(({ size }, index) => {
    bytes += size
    return index > 0 && (bytes > most.bytes || index >= most.events || once)
  })
  return queue.splice(0, fitting < 0 ? queue.length : fitting)
}

/** A webhook action waits for one callback, and this was it. */
const answered = {
  ...fenced,
  status: 'ENDED',
  statusReason: 'The one callback came.',
  endedAt: sql`now()`,
  nextDueAt: null,
  registered: false,
} as const
