// Upkeep: feeds that nobody subscribes to any more, or whose connector is gone, end; old events leave the log, old feeds their table. Every
// instance does it; twice at once does no harm.
import { and, eq, inArray, lte, not, sql } from 'drizzle-orm'
import type { Clock } from '../../clock.ts'
import { type Database, schema } from '../../store/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Bus } from '../bus/index.ts'
import { type FeedTable, feedIdOf } from '../feeds/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { every, secondsAgo } from '../time/index.ts'

const { feed, feedEvent } = schema

/** Feeds that one round prunes at most, and rounds in a row; the rest come with the next. */
const prunedAtOnce = 200
const rounds = 20
/** Events that go in one transaction. */
const prunedInStep = 2_000

export interface UpkeepOptions {
  readonly db: Database
  readonly feeds: FeedTable
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  readonly settings: TriggerSettings
  /** Called when feeds ended: there may be registrations to delete. */
  readonly ended: () => void
}

export function createUpkeep({
  db,
  feeds,
  bus,
  clock,
  logger,
  settings,
  ended,
}: UpkeepOptions): AsyncDisposable {
  async function endUnwanted(): Promise<void> {
    const rows = [...(await feeds.endLingering()), ...(await feeds.endImportless())]
    for (const row of rows) bus.wake(feedIdOf(row.id))
    if (rows.length > 0) ended()
  }

  /** The last sequence that each feed may lose: by age, and by count. */
  async function prunable(): Promise<ReadonlyMap<string, number>> {
    const byAge = await db
      .select({ id: feedEvent.feedId, sequence: sql<number>`max(${feedEvent.sequence})`.mapWith(Number) })
      .from(feedEvent)
      .where(lte(feedEvent.receivedAt, secondsAgo(settings.retentionSeconds)))
      .groupBy(feedEvent.feedId)
      .limit(prunedAtOnce)
    const keep = settings.retentionCount
    const byCount = await db
      .select({ id: feed.id, sequence: sql<number>`${feed.lastSequence} - ${keep}`.mapWith(Number) })
      .from(feed)
      .where(sql`${feed.lastSequence} - ${feed.prunedSequence} > ${keep}`)
      .limit(prunedAtOnce)
    const last = new Map<string, number>()
    for (const { id, sequence } of [...byAge, ...byCount]) last.set(id, Math.max(sequence, last.get(id) ?? 0))
    return last
  }

  async function prune(): Promise<void> {
    for (let round = 1; round <= rounds; round++) {
      const feeds = await prunable()
      for (const [id, sequence] of feeds) await pruneFeed(id, sequence)
      if (feeds.size < prunedAtOnce) return
    }
  }

  /** In steps: who appends to the feed meanwhile waits for one of them. */
  async function pruneFeed(id: string, sequence: number): Promise<void> {
    for (;;) {
      const pruned = await db.transaction(async transaction => {
        // The feed's row first, as writers lock it, and together: a reader finds an event or knows that it is gone.
        const [row] = await transaction
          .update(feed)
          .set({
            prunedSequence: sql`greatest(${feed.prunedSequence}, least(${sequence}, ${feed.prunedSequence} + ${prunedInStep}))`,
          })
          .where(eq(feed.id, id))
          .returning({ pruned: feed.prunedSequence })
        if (!row) return null
        await transaction
          .delete(feedEvent)
          .where(and(eq(feedEvent.feedId, id), lte(feedEvent.sequence, row.pruned)))
        return row.pruned
      })
      if (pruned === null || pruned >= sequence) return
    }
  }

  async function dropEnded(): Promise<void> {
    const old = db
      .select({ id: feed.id })
      .from(feed)
      .where(
        and(
          eq(feed.status, 'ENDED'),
          not(feed.registered),
          lte(feed.endedAt, secondsAgo(settings.retentionSeconds)),
        ),
      )
      .limit(prunedAtOnce)
    await db.delete(feed).where(and(inArray(feed.id, old), eq(feed.status, 'ENDED')))
  }

  return every(settings.upkeepSeconds * 1000, clock, async () => {
    for (const chore of [endUnwanted, prune, dropEnded])
      try {
        await chore()
      } catch (error) {
        logger.warn({ error }, 'The upkeep of feeds failed; it is tried again.')
      }
  })
}
