// Feeds as rows: found or made, paused, resumed, ended. One row for a binding, so that a cursor finds its log again when
// an ended feed is started anew.
import { and, eq, inArray, isNotNull, lt, not, notExists, or, sql } from 'drizzle-orm'
import { JunctorError } from '../../errors.ts'
import { type Database, type Queryable, schema } from '../../store/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { secondsFromNow } from '../time/index.ts'
import type { FeedId, FeedPage } from './feed.ts'
import { createFeedMaker } from './feed-maker.ts'
import { type FeedRow, feedOf } from './feed-row.ts'
import { dueIfRegistered, ending, fenced, starting } from './feed-states.ts'
import type { Tokens } from './webhook-token.ts'

const { connector, feed, feedEvent } = schema

export interface FeedTableOptions {
  readonly db: Database
  readonly tokens: Tokens
  readonly settings: TriggerSettings
}

export type FeedTable = ReturnType<typeof createFeedTable>

const noCallback = 'No callback came in time.'

export const removedConnector = 'Its connector was removed.'

export function createFeedTable(options: FeedTableOptions) {
  const { db, settings } = options

  async function find(feedId: FeedId): Promise<FeedRow | null> {
    const [row] = await db.select().from(feed).where(eq(feed.id, feedId))
    return row ?? null
  }

  async function need(feedId: FeedId): Promise<FeedRow> {
    const row = await find(feedId)
    if (!row || row.removed)
      throw new JunctorError('FEED_NOT_FOUND', `There is no feed ${feedId}: see the list of feeds.`)
    return row
  }

  return {
    find,
    need,
    ensure: createFeedMaker(options),

    /** Moves the end of feeds that have subscribers. */
    async linger(feedIds: readonly FeedId[]): Promise<void> {
      if (feedIds.length === 0) return
      await db
        .update(feed)
        .set({ lingerUntil: secondsFromNow(settings.lingerSeconds) })
        // A webhook action has a time of its own to wait.
        .where(
          and(
            inArray(feed.id, [...feedIds]),
            not(feed.durable),
            not(feed.once),
            sql`${feed.status} <> 'ENDED'`,
          ),
        )
    },

    async pause(feedId: FeedId): Promise<FeedRow> {
      const row = await need(feedId)
      if (row.once)
        throw new JunctorError(
          'BAD_INPUT',
          `The feed ${feedId} waits for one answer, which may not come again: it cannot be paused, but deleted.`,
        )
      const [paused] = await db
        .update(feed)
        .set({
          ...fenced,
          status: 'PAUSED',
          statusReason: null,
          consecutiveFailures: 0,
          nextDueAt: dueIfRegistered,
        })
        .where(and(eq(feed.id, feedId), sql`${feed.status} not in ('ENDED', 'PAUSED')`))
        .returning()
      return paused ?? row
    },

    async resume(feedId: FeedId): Promise<FeedRow> {
      const row = await need(feedId)
      const [resumed] = await db
        .update(feed)
        .set(starting)
        .where(and(eq(feed.id, feedId), eq(feed.status, 'PAUSED')))
        .returning()
      return resumed ?? row
    },

    /** Ends a feed: no event comes any more; what was registered is due to be unregistered. False: it had ended. */
    async end(feedId: FeedId, reason: string): Promise<boolean> {
      const ended = await db
        .update(feed)
        .set({ ...ending, statusReason: reason })
        .where(and(eq(feed.id, feedId), sql`${feed.status} <> 'ENDED'`))
        .returning({ id: feed.id })
      return ended.length > 0
    },

    /** Takes back a webhook that could not be registered, unless somebody registered it meanwhile. */
    async takeBack({ id, durable, lastSequence }: FeedRow): Promise<void> {
      const gone = { removed: true, durable: false, nextDueAt: sql`now()` }
      await db
        .update(feed)
        .set({
          ...ending,
          statusReason: 'Its webhook could not be registered.',
          ...(durable && lastSequence === 0 ? gone : {}),
        })
        .where(
          and(
            eq(feed.id, id),
            inArray(feed.status, ['FAILING', 'NEEDS_AUTHORIZATION']),
            not(feed.registered),
          ),
        )
    },

    /** Ends the ephemeral feeds that nobody has subscribed to for the linger time, and webhook actions after theirs. */
    async endLingering(): Promise<FeedRow[]> {
      return db
        .update(feed)
        .set({
          ...ending,
          statusReason: sql`case when ${feed.once} then ${noCallback} else 'Nobody was subscribed any more.' end`,
        })
        .where(and(lt(feed.lingerUntil, sql`now()`), not(feed.durable), sql`${feed.status} <> 'ENDED'`))
        .returning()
    },

    /** Ends a feed for good and drops its log; the row goes once nothing is registered. */
    async remove(feedId: FeedId): Promise<void> {
      await need(feedId)
      await db.transaction(async transaction => {
        await transaction
          .update(feed)
          .set({
            ...ending,
            removed: true,
            durable: false,
            nextDueAt: sql`now()`,
            statusReason: 'It was deleted.',
          })
          .where(eq(feed.id, feedId))
        await transaction.delete(feedEvent).where(eq(feedEvent.feedId, feedId))
      })
    },

    /** The connection changed: its feeds that waited for that, or failed, are due at once. */
    async retryOf(connectionId: string): Promise<FeedRow[]> {
      return db
        .update(feed)
        .set({ nextDueAt: sql`now()`, consecutiveFailures: 0 })
        .where(
          and(eq(feed.connectionId, connectionId), inArray(feed.status, ['NEEDS_AUTHORIZATION', 'FAILING'])),
        )
        .returning()
    },

    /** The connection may not be used now: its live feeds wait until it may. */
    async suspendOf(connectionId: string, reason: string): Promise<FeedRow[]> {
      return db
        .update(feed)
        .set({
          ...fenced,
          status: 'NEEDS_AUTHORIZATION',
          statusReason: reason,
          // Should its consent have come meanwhile, it is noticed then.
          nextDueAt: secondsFromNow(settings.maximumBackoffSeconds),
        })
        .where(
          and(eq(feed.connectionId, connectionId), inArray(feed.status, ['STARTING', 'ACTIVE', 'FAILING'])),
        )
        .returning()
    },

    async ofConnection(connectionId: string): Promise<FeedRow[]> {
      return db.select().from(feed).where(eq(feed.connectionId, connectionId))
    },

    async ofImport(importId: string): Promise<FeedRow[]> {
      return db.select().from(feed).where(eq(feed.importId, importId))
    },

    /** Ends the feeds of imports that are gone, whichever way that came. */
    async endImportless(): Promise<FeedRow[]> {
      const present = db.select({ id: connector.id }).from(connector).where(eq(connector.id, feed.importId))
      return db
        .update(feed)
        .set({ ...ending, statusReason: removedConnector })
        .where(and(isNotNull(feed.importId), notExists(present), sql`${feed.status} <> 'ENDED'`))
        .returning()
    },

    async list(query: {
      readonly organizationId: string
      readonly connectionId?: string
      readonly first: number
      readonly after?: FeedId
    }): Promise<FeedPage> {
      const within = and(
        eq(feed.organizationId, query.organizationId),
        not(feed.removed),
        query.connectionId === undefined ? undefined : eq(feed.connectionId, query.connectionId),
      )
      const behind = query.after === undefined ? undefined : sql`${feed.id} > ${query.after}`
      const rows = await db
        .select()
        .from(feed)
        .where(and(within, behind))
        .orderBy(feed.id)
        .limit(query.first + 1)
      const feeds = rows.slice(0, query.first).map(feedOf)
      return {
        feeds,
        totalCount: await db.$count(feed, within),
        hasNextPage: rows.length > query.first,
        endCursor: feeds.at(-1)?.id ?? null,
      }
    },
  }
}

/** Call it in the transaction that removes an import: no feed of it goes on. */
export async function endFeedsOfImport(db: Queryable, importId: string): Promise<void> {
  await db
    .update(feed)
    .set({ ...ending, statusReason: removedConnector })
    .where(and(eq(feed.importId, importId), sql`${feed.status} <> 'ENDED'`))
}

/**
 * Call it in the transaction that changes a connection's credential, or where it leads: what was registered by the
 * old one is due to be registered by the new one, and who is registering just then is fenced.
 */
export async function moveFeedsOf(db: Queryable, connectionId: string): Promise<void> {
  const registering = inArray(feed.status, ['STARTING', 'FAILING', 'NEEDS_AUTHORIZATION'])
  await db
    .update(feed)
    .set({
      ...fenced,
      nextDueAt: sql`now()`,
      renewAt: sql`case when ${feed.registered} then ${feed.registeredAt} end`,
    })
    .where(
      and(
        eq(feed.connectionId, connectionId),
        eq(feed.kind, 'WEBHOOK'),
        not(feed.once),
        or(registering, and(eq(feed.status, 'ACTIVE'), feed.registered)),
      ),
    )
}
