// Feeds and the event log. A feed's row lock orders its events; its lease and epoch fence its poller.
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { connection } from './connections.ts'
import { organization, user } from './identity.ts'

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
const moment = (name: string) => timestamp(name, { withTimezone: true })

/** Short, since it is written with every poll. */
export type PollRecord = readonly [
  at: number,
  outcome: string,
  status: number | null,
  events: number,
  milliseconds: number,
]

export const feed = pgTable(
  'feed',
  {
    id: uuid('id').primaryKey(),
    organizationId: text('organization_id')
      .notNull()
      .references(() => organization.id, { onDelete: 'cascade' }),
    ownerId: text('owner_id').references(() => user.id, { onDelete: 'set null' }),
    connector: text('connector').notNull(),
    /** The import that it was made for; null for a connector that ships with the hub or is in a folder. */
    importId: uuid('import_id'),
    operationId: text('operation_id').notNull(),
    /** The trigger's root field. */
    field: text('field').notNull(),
    kind: text('kind', { enum: ['POLLING', 'WEBHOOK'] }).notNull(),
    connectionId: uuid('connection_id').references(() => connection.id, { onDelete: 'cascade' }),
    /** The bound arguments as exact JSON text: parameters and body by their wire names. */
    arguments: text('arguments').notNull(),
    /** SHA-256 of organization, connector, import, operation, connection and arguments: equal bindings share one feed. */
    binding: text('binding').notNull(),
    status: text('status', {
      enum: ['STARTING', 'ACTIVE', 'PAUSED', 'FAILING', 'NEEDS_AUTHORIZATION', 'ENDED'],
    }).notNull(),
    statusReason: text('status_reason'),
    durable: boolean('durable').notNull(),
    /** An ephemeral feed ends after this moment; live subscribers keep moving it. */
    lingerUntil: moment('linger_until'),
    /** Deleted by a person: the row stays only until the provider is told. */
    removed: boolean('removed').notNull().default(false),
    createdAt: moment('created_at').notNull().defaultNow(),
    endedAt: moment('ended_at'),

    intervalSeconds: integer('interval_seconds').notNull(),
    /** True where a person chose the interval: then no 202 makes the polls more frequent. */
    intervalChosen: boolean('interval_chosen').notNull().default(false),
    start: text('start', { enum: ['NEW_ONLY', 'LAST', 'SINCE'] }).notNull(),
    startCount: integer('start_count'),
    startSince: moment('start_since'),
    /** What the next poll continues from, as exact JSON text, sealed: URLs may carry credentials. Null before the first poll. */
    pollState: text('poll_state'),
    /** When there is work on this feed: a poll, a registration, a deregistration. Null: none. */
    nextDueAt: moment('next_due_at'),
    leaseOwner: text('lease_owner'),
    leaseEpoch: bigint('lease_epoch', { mode: 'number' }).notNull().default(0),
    leaseExpiresAt: moment('lease_expires_at'),
    lastPollAt: moment('last_poll_at'),
    consecutiveFailures: integer('consecutive_failures').notNull().default(0),
    /** The last polls, newest first: moment (milliseconds), outcome, HTTP status, events, milliseconds it took. */
    recentPolls: jsonb('recent_polls').$type<readonly PollRecord[]>().notNull().default([]),

    /** SHA-256 (hex) of the webhook token: what an incoming request is found by. */
    tokenHash: text('token_hash').unique(),
    /** The token itself, sealed, so that the URL can be shown and registered again. */
    tokenSealed: text('token_sealed'),
    /** True while the provider has been told the webhook's URL by a call. */
    registered: boolean('registered').notNull().default(false),
    /** Where the provider said the registration lives, sealed; null where it did not say. */
    registration: text('registration'),
    registeredAt: moment('registered_at'),
    /** When the provider said that the registration ends; null where it did not say. */
    registrationExpiresAt: moment('registration_expires_at'),
    /** When to register anew, before that. */
    renewAt: moment('renew_at'),
    /** What deliveries are signed with where no connection holds it: made by the hub, or told by the provider; sealed. */
    webhookSecret: text('webhook_secret'),
    /** True for a webhook action: the call was made once, and its one callback ends the feed. */
    once: boolean('once').notNull().default(false),

    /**
     * Sequence of the newest event; taken under this row's lock. A sequence that no event has is a hole: a time in
     * which nothing was collected, which a reader must be told of.
     */
    lastSequence: bigint('last_sequence', { mode: 'number' }).notNull().default(0),
    /** Events up to and including this sequence are gone from the log. */
    prunedSequence: bigint('pruned_sequence', { mode: 'number' }).notNull().default(0),
    lastEventAt: moment('last_event_at'),
  },
  table => [
    // One row for a binding, ended or not, so that a cursor finds its log when the feed is started again.
    uniqueIndex('feed_binding').on(table.binding).where(sql`not ${table.removed}`),
    index('feed_due').on(table.nextDueAt).where(sql`${table.nextDueAt} is not null`),
    index('feed_connection').on(table.connectionId),
    index('feed_import').on(table.importId),
    // Walked from one connection to the next, so that many due feeds of one hide none of another.
    index('feed_turns').on(
      table.organizationId,
      sql`coalesce(${table.connectionId}, '00000000-0000-0000-0000-000000000000'::uuid)`,
      table.nextDueAt,
    ),
    index('feed_linger').on(table.lingerUntil),
  ],
)

/**
 * Partitioned by `received_at` (migration 0006; the partitions are made by the upkeep of feeds). A unique constraint would
 * have to contain that, so none keeps keys and sequences unique: whoever appends looks them up under the feed's row lock.
 */
export const feedEvent = pgTable(
  'feed_event',
  {
    feedId: uuid('feed_id')
      .notNull()
      .references(() => feed.id, { onDelete: 'cascade' }),
    /** Position in the feed, taken under the feed's row lock. */
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    /** What makes the event one event: a repeated key in one feed is dropped. */
    key: text('key').notNull(),
    time: moment('time').notNull(),
    receivedAt: moment('received_at').notNull().defaultNow(),
    /** The event's data as exact JSON text; the very text that a webhook was sent, where it was JSON. */
    data: text('data').notNull(),
    /** What a webhook was sent, byte for byte, where `data` was made of it and does not give it back. */
    body: bytes('body'),
    /** Of `body`, as its sender said; null where it said none. */
    contentType: text('content_type'),
  },
  table => [
    primaryKey({ columns: [table.feedId, table.sequence, table.receivedAt] }),
    index('feed_event_key').on(table.feedId, table.key),
    index('feed_event_received').on(table.receivedAt),
  ],
)
