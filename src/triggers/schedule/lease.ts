// Leases: one instance at a time works on a feed, and one that lost its lease can write nothing any more.
// All deadlines are the database's own time, so that instances whose clocks differ agree.
import { and, eq, getTableColumns, inArray, sql } from 'drizzle-orm'
import { type Database, type Queryable, schema } from '../../store/index.ts'
import { type FeedId, type FeedRow, type FeedUpdate, released } from '../feeds/index.ts'
import { secondsFromNow } from '../time/index.ts'
import { createDueFeeds } from './due-feeds.ts'
import { fairChoice, type Holder } from './fair-choice.ts'

const { feed } = schema

/** The right to work on a feed. Each claim, pause and end raises the feed's epoch, which fences earlier holders. */
export interface Lease {
  readonly feedId: FeedId
  readonly epoch: number
}

/** A feed that was just claimed because it was due. */
export type ClaimedFeed = FeedRow & {
  /** Its holder let the lease expire: it crashed, or was cut off. */
  readonly reclaimed: boolean
  /** From when it was due until it was claimed, by the database's clock. */
  readonly lagSeconds: number
}

/** Tries to find due feeds that no other instance claims at the same moment. */
const looks = 3

export type Leases = ReturnType<typeof createLeases>

export interface LeaseOptions {
  readonly db: Database
  readonly instanceId: string
  readonly leaseSeconds: number
}

export function createLeases({ db, instanceId, leaseSeconds }: LeaseOptions) {
  const taken = {
    leaseOwner: instanceId,
    leaseEpoch: sql`${feed.leaseEpoch} + 1`,
    leaseExpiresAt: secondsFromNow(leaseSeconds),
  }
  const free = sql`(${feed.leaseExpiresAt} is null or ${feed.leaseExpiresAt} <= now())`

  const wanted = sql`(${feed.nextDueAt} <= now() or ${feed.status} in ('FAILING', 'NEEDS_AUTHORIZATION'))`

  const dueFeeds = createDueFeeds(db)

  async function claimOf(ids: readonly string[]): Promise<ClaimedFeed[]> {
    const due = db
      .select({
        id: feed.id,
        reclaimed: sql<boolean>`${feed.leaseOwner} is not null`.as('reclaimed'),
        lagSeconds: sql<number>`extract(epoch from now() - ${feed.nextDueAt})::float8`.as('lag_seconds'),
      })
      .from(feed)
      .where(and(inArray(feed.id, [...ids]), sql`${feed.nextDueAt} <= now() and ${free}`))
      .for('update', { skipLocked: true })
      .as('due')
    return db
      .update(feed)
      .set(taken)
      .from(due)
      .where(eq(feed.id, due.id))
      .returning({ ...getTableColumns(feed), reclaimed: due.reclaimed, lagSeconds: due.lagSeconds })
  }

  /** Writes a piece of work's outcome, in one statement. False where the lease was lost: nothing is written then. */
  async function write(lease: Lease, outcome: FeedUpdate): Promise<boolean> {
    const written = await db.update(feed).set(outcome).where(held(lease)).returning({ id: feed.id })
    return written.length > 0
  }

  return {
    /** Claims feeds that are due and free (an expired lease is free) as far as there is room, by fair turns. */
    async claimDue(capacity: number, running: readonly Holder[] = []): Promise<ClaimedFeed[]> {
      for (let look = 1; ; look++) {
        const chosen = fairChoice(await dueFeeds(), { capacity, running })
        const claimed = chosen.length === 0 ? [] : await claimOf(chosen.map(({ id }) => id))
        // Another instance may have chosen the same: what it claimed is not due at the next look.
        if (claimed.length > 0 || chosen.length === 0 || look === looks) return claimed
      }
    },

    /** Claims one feed that is due or in trouble; null where there is nothing to do or somebody does it. */
    async claim(feedId: FeedId): Promise<FeedRow | null> {
      const rows = await db
        .update(feed)
        .set(taken)
        .where(and(eq(feed.id, feedId), free, wanted))
        .returning()
      return rows[0] ?? null
    },

    /** False where the lease is lost: stop the work. */
    async renew(lease: Lease): Promise<boolean> {
      const renewed = await db
        .update(feed)
        .set({ leaseExpiresAt: secondsFromNow(leaseSeconds) })
        .where(held(lease))
        .returning({ id: feed.id })
      return renewed.length > 0
    },

    /** The feed's epoch as it stands; null where the feed is gone. */
    async epochOf(feedId: FeedId): Promise<number | null> {
      const [row] = await db.select({ epoch: feed.leaseEpoch }).from(feed).where(eq(feed.id, feedId))
      return row?.epoch ?? null
    },

    /** Gives the lease back with the work undone: it is due at once, for anybody. */
    async release(lease: Lease): Promise<void> {
      await db
        .update(feed)
        .set({ ...released, nextDueAt: sql`now()` })
        .where(held(lease))
    },

    write,

    /** Gives the lease back with the work done. False where it was lost: nothing is written then. */
    settle(lease: Lease, outcome: FeedUpdate): Promise<boolean> {
      return write(lease, { ...released, ...outcome })
    },

    /**
     * Runs `write` in one transaction that holds the feed's row lock, if the lease still holds; false, and nothing
     * written, where it does not.
     */
    async underLease(
      lease: Lease,
      write: (transaction: Queryable, row: FeedRow) => Promise<void>,
    ): Promise<boolean> {
      return db.transaction(async transaction => {
        const [row] = await transaction.select().from(feed).where(held(lease)).for('update')
        if (!row) return false
        await write(transaction, row)
        return true
      })
    },
  }
}

function held({ feedId, epoch }: Lease) {
  return and(eq(feed.id, feedId), eq(feed.leaseEpoch, epoch))
}
