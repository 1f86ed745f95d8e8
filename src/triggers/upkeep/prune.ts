// Old events that leave the log one by one: those beyond what a feed keeps, and those that a partition would keep too
// long. Most leave with their partition.
import { and, eq, lte, sql } from 'drizzle-orm'
import { type Database, schema } from '../../store/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { secondsAgo } from '../time/index.ts'
import { listPartitions } from './partitions.ts'

const { feed, feedEvent } = schema

/** Feeds that one round prunes at most, and rounds in a row; the rest come with the next. */
const prunedAtOnce = 200
const rounds = 20
/** Events that go in one transaction. */
const prunedInStep = 2_000

type Retention = Pick<TriggerSettings, 'retentionSeconds' | 'retentionCount' | 'partitionSeconds'>

export async function pruneEvents(db: Database, settings: Retention): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    const last = new Map<string, number>()
    for (const { id, sequence } of [...(await byAge(db, settings)), ...(await byCount(db, settings))])
      last.set(id, Math.max(sequence, last.get(id) ?? 0))
    for (const [id, sequence] of last) await pruneFeed(db, id, sequence)
    if (last.size < prunedAtOnce) return
  }
}

interface Prunable {
  readonly id: string
  /** The last that the feed may lose. */
  readonly sequence: number
}

/** Of partitions that take more than their share of time, or that the retention is shorter than. */
async function byAge(
  db: Database,
  { retentionSeconds, partitionSeconds }: Retention,
): Promise<readonly Prunable[]> {
  const found: Prunable[] = []
  for (const { name, from, to } of (await listPartitions(db)).partitions) {
    if (to - from <= partitionSeconds && retentionSeconds >= partitionSeconds) continue
    const { rows } = await db.execute<{ id: string; sequence: string }>(sql`
      select feed_id as id, max(sequence) as sequence from ${sql.identifier(name)}
      where received_at <= ${secondsAgo(retentionSeconds)} group by feed_id limit ${prunedAtOnce}`)
    found.push(...rows.map(({ id, sequence }) => ({ id, sequence: Number(sequence) })))
  }
  return found
}

async function byCount(db: Database, { retentionCount }: Retention): Promise<readonly Prunable[]> {
  return db
    .select({ id: feed.id, sequence: sql<number>`${feed.lastSequence} - ${retentionCount}`.mapWith(Number) })
    .from(feed)
    .where(sql`${feed.lastSequence} - ${feed.prunedSequence} > ${retentionCount}`)
    .limit(prunedAtOnce)
}

/** In steps: who appends to the feed meanwhile waits for one of them. */
async function pruneFeed(db: Database, id: string, sequence: number): Promise<void> {
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
