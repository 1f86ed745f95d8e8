// One piece of work on a leased feed: what its row asks for is done, and the outcome committed under the lease.
import { eq, sql } from 'drizzle-orm'
import type { Clock } from '../../clock.ts'
import { isJunctorError } from '../../errors.ts'
import { type Database, schema } from '../../store/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Bus } from '../bus/index.ts'
import {
  type Connectors,
  type FeedPoll,
  type FeedRow,
  type FeedUpdate,
  feedIdOf,
  findTrigger,
  hasMoved,
  liveStatuses,
  withPoll,
} from '../feeds/index.ts'
import { backoff, type Lease, type Leases } from '../schedule/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { secondsFromNow } from '../time/index.ts'
import type { MovedWork } from './moved-work.ts'
import type { PollUnder, PollWork } from './poll-work.ts'
import type { RegisteredWork } from './registered-work.ts'
import type { WebhookWork } from './webhook-work.ts'

const { feed } = schema

export interface WorkerOptions {
  readonly db: Database
  readonly leases: Leases
  readonly connectors: Connectors
  readonly polls: PollWork
  readonly webhooks: Pick<WebhookWork, 'register' | 'unregister'>
  readonly registered: RegisteredWork
  readonly moved: Pick<MovedWork, 'move'>
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  readonly settings: TriggerSettings
}

export type Worker = ReturnType<typeof createWorker>

type Task = 'poll' | 'register' | 'move' | 'renew' | 'look' | 'confirm' | 'unregister' | 'delete' | 'nothing'

export function createWorker(options: WorkerOptions) {
  const { db, leases, connectors, polls, webhooks, registered, moved, bus, clock, logger, settings } = options

  /**
   * Does what the leased feed needs. Resolves with the error that a failed registration or poll was recorded with;
   * null where the work was done, or the lease was lost and somebody else does it. Rejects where the store fails.
   * @param assertHeld throws, with the signal aborted, where the lease may have run out
   */
  async function run(row: FeedRow, signal: AbortSignal, assertHeld: () => void): Promise<unknown> {
    const lease: Lease = { feedId: feedIdOf(row.id), epoch: row.leaseEpoch }
    const task = taskOf(row, clock.now())
    let polling = clock.now()
    const begun = () => {
      polling = clock.now()
    }
    try {
      if (task === 'delete') await db.delete(feed).where(eq(feed.id, row.id))
      else if (task === 'nothing') await settle(lease, { nextDueAt: null })
      else if (task === 'unregister') await webhooks.unregister(row, { lease, signal, assertHeld })
      else await start(row, task, { lease, signal, assertHeld, begun })
      return null
    } catch (error) {
      if (signal.aborted) {
        await leases.release(lease)
        return null
      }
      await recordFailure(row, lease, error, polling)
      return error
    }
  }

  async function start(
    row: FeedRow,
    task: Exclude<Task, 'unregister' | 'delete' | 'nothing'>,
    how: PollUnder,
  ): Promise<void> {
    const trigger = await findTrigger(connectors, row)
    const { role } = trigger
    if (role.role === 'polling' && task === 'poll') await polls.run(row, { ...trigger, role }, how)
    else if (role.role === 'webhook' && task === 'register')
      await webhooks.register(row, { ...trigger, role }, how)
    else if (role.role === 'webhook' && task === 'move') await moved.move(row, { ...trigger, role }, how)
    else if (role.role === 'webhook' && task === 'renew')
      await registered.renew(row, { ...trigger, role }, how)
    else if (role.role === 'webhook' && task === 'look')
      await registered.lookFor(row, { ...trigger, role }, how)
    else if (task === 'confirm') await registered.confirm(row, trigger, how)
    else
      await settle(how.lease, {
        status: 'FAILING',
        statusReason: 'The operation is no such trigger any more.',
        nextDueAt: null,
      })
  }

  /**
   * FAILING and tried again later; NEEDS_AUTHORIZATION, and quiet, where the connection may not be used: consent makes
   * it due, but may come just before this is written, and must not be missed then.
   */
  async function recordFailure(row: FeedRow, lease: Lease, error: unknown, started: number): Promise<void> {
    const inactive = isJunctorError(error) && error.code === 'CONNECTION_INACTIVE'
    if (!isJunctorError(error)) logger.error({ error, feed: row.id }, 'The work on a feed failed.')
    const failures = row.consecutiveFailures + 1
    const delay =
      backoff(row.id, failures, row.intervalSeconds * 1000, settings.maximumBackoffSeconds * 1000) / 1000
    const asked = isJunctorError(error) ? (error.details.retryAfter ?? 0) : 0
    const seconds = Math.max(delay, Math.min(asked, 24 * 3600))
    await settle(lease, {
      status: inactive ? 'NEEDS_AUTHORIZATION' : 'FAILING',
      statusReason: reasonOf(error),
      consecutiveFailures: failures,
      nextDueAt: secondsFromNow(inactive ? settings.maximumBackoffSeconds : seconds),
      ...(row.kind === 'POLLING'
        ? { lastPollAt: sql`now()`, recentPolls: withPoll(failedPoll(error, started)) }
        : {}),
    })
  }

  function failedPoll(error: unknown, started: number): FeedPoll {
    return {
      time: new Date(started),
      outcome: isJunctorError(error) ? error.code : 'INTERNAL',
      status: isJunctorError(error) ? (error.details.http?.status ?? null) : null,
      events: 0,
      milliseconds: clock.now() - started,
    }
  }

  async function settle(lease: Lease, outcome: FeedUpdate): Promise<void> {
    if (await leases.settle(lease, outcome)) bus.wake(lease.feedId)
  }

  return { run }
}

/** What may be shown of an error to whoever looks at the feed. */
export function reasonOf(error: unknown): string {
  return isJunctorError(error) ? error.message : 'An internal error happened; the hub’s log has it.'
}

/** `confirm`: a webhook that stayed registered while its connection could not be used. */
function taskOf(row: FeedRow, now: number): Task {
  const live = liveStatuses.includes(row.status)
  if (!live && row.registered) return 'unregister'
  if (row.removed) return 'delete'
  if (!live) return 'nothing'
  if (row.kind === 'POLLING') return 'poll'
  // A webhook action is called by whoever wants its answer, and never again.
  if (row.once) return 'confirm'
  if (row.status === 'STARTING' || !row.registered) return 'register'
  if (hasMoved(row)) return 'move'
  // Clocks differ a little, and the due moment is the database's.
  if (row.renewAt !== null && row.renewAt.getTime() <= now + 60_000) return 'renew'
  return row.status === 'ACTIVE' ? 'look' : 'confirm'
}
