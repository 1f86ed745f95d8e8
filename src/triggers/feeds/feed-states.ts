// The columns of a feed as it begins and as it ends, which fences whoever works on it, and as its lease is given back.
import { sql } from 'drizzle-orm'
import { schema } from '../../store/index.ts'

const { feed } = schema

/** What an update sets to give a lease back. */
export const released = { leaseOwner: null, leaseExpiresAt: null }

/** What an update sets to take a feed away from whoever works on it. */
export const fenced = { ...released, leaseEpoch: sql`${feed.leaseEpoch} + 1` }

/**
 * A webhook that was not registered for a while may have missed events: one sequence is used up for them, so that
 * readers from before find a hole and not a log that only looks whole. A poller goes on from its state instead.
 */
export const withHole = sql`${feed.lastSequence} + case when ${feed.kind} = 'WEBHOOK' then 1 else 0 end`

export const starting = {
  ...fenced,
  status: 'STARTING',
  statusReason: null,
  consecutiveFailures: 0,
  nextDueAt: sql`now()`,
  lastSequence: withHole,
} as const

export const dueIfRegistered = sql`case when ${feed.registered} then now() end`

export const ending = {
  ...fenced,
  status: 'ENDED',
  endedAt: sql`now()`,
  consecutiveFailures: 0,
  nextDueAt: dueIfRegistered,
} as const
