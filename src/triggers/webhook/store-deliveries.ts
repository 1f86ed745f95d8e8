// Deliveries of many feeds made durable: in one statement where that can be, else under the locks that they wait for,
// else one by one, so that what the store refuses of one sender is not its neighbours' fault.
import { asc, eq, inArray, sql } from 'drizzle-orm'
import { type Database, isLockTimeout, isRefusal, type Queryable, schema } from '../../store/index.ts'
import { type FeedId, fenced } from '../feeds/index.ts'
import { type Appended, appendNew, createAppendAtOnce, type NewEvent } from '../log/index.ts'

const { feed } = schema

/** Whether the event is new to the feed, or why the feed takes none. */
export type Stored = 'stored' | 'repeated' | 'ended' | 'paused'

/** A delivery that waits for its answer. */
export interface Waiting {
  readonly event: NewEvent
  /** Bytes. */
  readonly size: number
  readonly answer: PromiseWithResolvers<Stored>
}

/** By feed, in the order in which they came. */
export type Deliveries = ReadonlyMap<FeedId, readonly Waiting[]>

/** A feed's lock is waited for so many times so long; then the sender is asked to come again. */
const patience = { tries: 10, milliseconds: 500 }

export function createDeliveryStore(db: Database) {
  const append = createAppendAtOnce(db)

  async function storeTogether(deliveries: Deliveries): Promise<Deliveries> {
    try {
      return answer(deliveries, await append(eventsOf(deliveries)))
    } catch (error) {
      if (isRefusal(error)) return deliveries
      reject(deliveries, error)
      return new Map()
    }
  }

  async function storeLate(deliveries: Deliveries, tries = patience.tries): Promise<void> {
    try {
      answer(deliveries, await db.transaction(transaction => commitLate(transaction, deliveries)))
    } catch (error) {
      if (isLockTimeout(error) && tries > 1) {
        // Whose lock is free by now need not wait on.
        const still = await storeTogether(deliveries)
        if (still.size > 0) await storeLate(still, tries - 1)
        return
      }
      const parts = isRefusal(error) ? smaller(deliveries) : []
      if (parts.length === 0) reject(deliveries, error)
      for (const part of parts) await storeLate(part)
    }
  }

  return {
    /** Answers what one statement can store, without waiting for a lock; the rest is for `storeLate`. Never rejects. */
    storeTogether,

    /** Answers all, after waiting for the feeds' locks. Never rejects. */
    storeLate: (deliveries: Deliveries): Promise<void> => storeLate(deliveries),

    /** Answers deliveries whose events end their feeds; as `storeTogether`, but nothing is late. */
    async storeOnce(deliveries: Deliveries): Promise<Deliveries> {
      for (const [feedId, waiting] of deliveries)
        for (const { event, answer } of waiting)
          try {
            answer.resolve(await db.transaction(transaction => commitOnce(transaction, feedId, event)))
          } catch (error) {
            answer.reject(error)
          }
      return new Map()
    },
  }
}

async function commitLate(
  transaction: Queryable,
  deliveries: Deliveries,
): Promise<ReadonlyMap<FeedId, Appended | 'late'>> {
  await waitAtMost(transaction, patience.milliseconds)
  // In one order, so that no two hubs wait for each other.
  await transaction
    .select({ id: feed.id })
    .from(feed)
    .where(inArray(feed.id, [...deliveries.keys()]))
    .orderBy(asc(feed.id))
    .for('update')
  return createAppendAtOnce(transaction)(eventsOf(deliveries))
}

async function waitAtMost(transaction: Queryable, milliseconds: number): Promise<void> {
  await transaction.execute(sql`select set_config('lock_timeout', ${String(milliseconds)}, true)`)
}

async function commitOnce(transaction: Queryable, feedId: FeedId, event: NewEvent): Promise<Stored> {
  await waitAtMost(transaction, patience.tries * patience.milliseconds)
  const [locked] = await transaction.select().from(feed).where(eq(feed.id, feedId)).for('update')
  if (!locked || locked.status === 'ENDED') return 'ended'
  if (locked.status === 'PAUSED') return 'paused'
  const added = await appendNew(transaction, locked, [event])
  await transaction.update(feed).set(answered).where(eq(feed.id, feedId))
  return added.length > 0 ? 'stored' : 'repeated'
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

/** Those of the feeds that are late stay unanswered, and are returned. */
function answer(deliveries: Deliveries, appended: ReadonlyMap<FeedId, Appended | 'late'>): Deliveries {
  const late = new Map<FeedId, readonly Waiting[]>()
  for (const [feedId, waiting] of deliveries) {
    const outcome = appended.get(feedId)
    if (outcome === 'late') late.set(feedId, waiting)
    else {
      // Of equal keys the first is new.
      const fresh = new Set(outcome?.added)
      const refused = outcome === undefined || outcome.status === 'ENDED' ? 'ended' : null
      const paused = outcome?.status === 'PAUSED' ? 'paused' : null
      for (const { event, answer } of waiting)
        answer.resolve(refused ?? paused ?? (fresh.delete(event.key) ? 'stored' : 'repeated'))
    }
  }
  return late
}

function reject(deliveries: Deliveries, error: unknown): void {
  for (const waiting of deliveries.values()) for (const { answer } of waiting) answer.reject(error)
}

/** Each feed of several alone, each delivery of one feed alone; none where it is one delivery. */
function smaller(deliveries: Deliveries): readonly Deliveries[] {
  if (deliveries.size > 1) return [...deliveries].map(entry => new Map([entry]))
  return [...deliveries].flatMap(([feedId, waiting]) =>
    waiting.length > 1 ? waiting.map(each => new Map([[feedId, [each]]])) : [],
  )
}

function eventsOf(deliveries: Deliveries): ReadonlyMap<FeedId, readonly NewEvent[]> {
  return new Map([...deliveries].map(([feedId, waiting]) => [feedId, waiting.map(({ event }) => event)]))
}
