// Leases: one instance at a time works on a feed, and one that lost its lease can write nothing any more.
// All deadlines are the database's own time, so that instances whose clocks differ agree.
import { and, eq, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { type Database, type Queryable, schema } from '../store/index.ts'
import type { FeedId } from './feed.ts'
import type { FeedRow } from './feed-row.ts'
import { secondsFromNow } from './moments.ts'

const { feed } = schema

/** The right to work on a feed. Each claim, pause and end raises the feed's epoch, which fences earlier holders. */
export interface Lease {
  readonly feedId: FeedId
  readonly epoch: number
}

/** What a piece of work leaves in its feed. */
export type FeedUpdate = PgUpdateSetSource<typeof feed>

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

  return {
    /** Claims up to `limit` feeds that are due and free (an expired lease is free), the longest overdue first. */
    async claimDue(limit: number): Promise<FeedRow[]> {
      const due = db
        .select({ id: feed.id })
        .from(feed)
        .where(sql`${feed.nextDueAt} <= now() and ${free}`)
        .orderBy(feed.nextDueAt)
        .limit(limit)
        .for('update', { skipLocked: true })
      return db.update(feed).set(taken).where(sql`${feed.id} in ${due}`).returning()
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

    /** Gives the lease back with the work undone: it is due at once, for anybody. */
    async release(lease: Lease): Promise<void> {
      await db
        .update(feed)
        .set({ ...released, nextDueAt: sql`now()` })
        .where(held(lease))
    },

    /** Gives the lease back with the work done. False where it was lost: nothing is written then. */
    async settle(lease: Lease, outcome: FeedUpdate): Promise<boolean> {
      const settled = await db
        .update(feed)
        .set({ ...released, ...outcome })
        .where(held(lease))
        .returning({ id: feed.id })
      return settled.length > 0
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

/** What an update sets to give a lease back. */
export const released = { leaseOwner: null, leaseExpiresAt: null }

/** What an update sets to take a feed away from whoever works on it. */
export const fenced = { ...released, leaseEpoch: sql`${feed.leaseEpoch} + 1` }

function held({ feedId, epoch }: Lease) {
  return and(eq(feed.id, feedId), eq(feed.leaseEpoch, epoch))
}
