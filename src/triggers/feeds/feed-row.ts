// A feed as its table has it.
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import type { ConnectionId } from '../../connections/index.ts'
import type { schema } from '../../store/index.ts'
import { readArguments } from './binding.ts'
import { type Feed, type FeedStart, type FeedStatus, feedIdOf } from './feed.ts'
import { readPolls } from './poll-history.ts'

export type FeedRow = typeof schema.feed.$inferSelect

/** What a piece of work leaves in its feed. */
export type FeedUpdate = PgUpdateSetSource<typeof schema.feed>

/** Statuses in which a feed may still get events. */
export const liveStatuses: readonly FeedStatus[] = ['STARTING', 'ACTIVE', 'FAILING', 'NEEDS_AUTHORIZATION']

export function feedOf(row: FeedRow): Feed {
  return {
    id: feedIdOf(row.id),
    organizationId: row.organizationId,
    ownerId: row.ownerId,
    connector: row.connector,
    importId: row.importId,
    operationId: row.operationId,
    field: row.field,
    kind: row.kind,
    connectionId: connectionIdOf(row),
    arguments: readArguments(row.arguments),
    status: row.status,
    statusReason: row.statusReason,
    durable: row.durable,
    once: row.once,
    intervalSeconds: row.intervalSeconds,
    lastEventAt: row.lastEventAt,
    lastPollAt: row.lastPollAt,
    nextPollAt: row.kind === 'POLLING' ? row.nextDueAt : null,
    consecutiveFailures: row.consecutiveFailures,
    polls: readPolls(row.recentPolls),
  }
}

export function connectionIdOf(row: Pick<FeedRow, 'connectionId'>): ConnectionId | null {
  return row.connectionId as ConnectionId | null
}

/**
 * True for a webhook whose connection was given another credential, or another place to lead to, since it was
 * registered: that is to be renewed from its very beginning.
 */
export function hasMoved({ renewAt, registeredAt }: FeedRow): boolean {
  return renewAt !== null && renewAt.getTime() === registeredAt?.getTime()
}

/** What the first poll does with items that are already there. */
export function startOf(row: FeedRow): FeedStart {
  if (row.start === 'LAST') return { start: 'LAST', count: row.startCount ?? 1 }
  if (row.start === 'SINCE' && row.startSince) return { start: 'SINCE', since: row.startSince }
  return { start: 'NEW_ONLY' }
}
