// A poll of a leased feed: the API is asked, and what it gave is committed with the state it leaves, in one
// transaction. A crash before the commit repeats the poll from the old state; nothing is lost, nothing comes twice.
import { eq, sql } from 'drizzle-orm'
import type { Clock } from '../../clock.ts'
import { isJunctorError } from '../../errors.ts'
import { type Json, parseJson, printJson } from '../../json.ts'
import { type Queryable, schema } from '../../store/index.ts'
import type { Metrics } from '../../telemetry/index.ts'
import type { Bus } from '../bus/index.ts'
import {
  type FeedCall,
  type FeedRow,
  type FeedSeal,
  type FeedUpdate,
  readArguments,
  released,
  startOf,
  withPoll,
} from '../feeds/index.ts'
import { appendEvents } from '../log/index.ts'
import type { createPollers, PollContext, PollResult } from '../pollers/index.ts'
import { type Lease, type Leases, untilNextPoll } from '../schedule/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { secondsFromNow } from '../time/index.ts'
import type { Held } from './held.ts'

const { feed } = schema

export interface PollWorkOptions {
  readonly leases: Leases
  readonly pollers: ReturnType<typeof createPollers>
  readonly call: FeedCall
  readonly seal: FeedSeal
  readonly bus: Bus
  readonly clock: Clock
  readonly metrics: Metrics
  readonly settings: TriggerSettings
}

interface DonePoll extends PollResult {
  readonly started: number
  /** It is polled again under the same lease. */
  readonly again: boolean
}

export type PollWork = ReturnType<typeof createPollWork>

/** What a feed is polled under. */
export interface PollUnder extends Held {
  /** A poll begins. */
  readonly begun: () => void
}

export function createPollWork({
  leases,
  pollers,
  call,
  seal,
  bus,
  clock,
  metrics,
  settings,
}: PollWorkOptions) {
  const column = (row: FeedRow) =>
    ({ feedId: row.id, organizationId: row.organizationId, column: 'poll_state' }) as const

  /**
   * Polls, and again at once while there is more, up to the drain limit; `begun` is called before each poll. Throws
   * what the call throws.
   */
  async function run(
    row: FeedRow,
    trigger: PollContext['trigger'],
    { lease, signal, assertHeld, begun }: PollUnder,
  ): Promise<void> {
    const bound = readArguments(row.arguments)
    const context: PollContext = {
      trigger,
      arguments: bound,
      start: startOf(row),
      call: ({ query, ...how } = {}) =>
        call(row, trigger, {
          arguments: {
            ...bound,
            parameters: { ...bound.parameters, query: { ...bound.parameters.query, ...query } },
          },
          signal,
          assertHeld,
          ...how,
        }),
    }
    const poller = pollers[trigger.role.style]
    let state: Json = row.pollState === null ? null : parseJson(seal.open(row.pollState, column(row)))
    for (let polls = 1; ; polls++) {
      begun()
      const started = clock.now()
      const result = await counted(row, () => poller.poll(context, state))
      const again = result.more && polls < settings.drainLimit && !signal.aborted
      const held = await commit(row, lease, { ...result, started, again })
      if (!held || !again) return
      state = result.state
    }
  }

  async function commit(row: FeedRow, lease: Lease, result: DonePoll): Promise<boolean> {
    const delay = untilNextPoll({
      feedId: row.id,
      intervalSeconds: row.intervalSeconds,
      intervalChosen: row.intervalChosen,
      minimumSeconds: settings.minimumIntervalSeconds,
      retryAfterSeconds: result.retryAfterSeconds,
      fired: result.events.length > 0 || result.more,
      now: clock.now(),
    })
    const polled = clock.now()
    const outcome = (events: number): FeedUpdate => ({
      pollState: seal.seal(printJson(result.state), column(row)),
      status: 'ACTIVE',
      statusReason: null,
      consecutiveFailures: 0,
      lastPollAt: sql`now()`,
      recentPolls: withPoll({
        time: new Date(result.started),
        outcome: 'OK',
        status: result.status,
        events,
        milliseconds: polled - result.started,
      }),
      nextDueAt: secondsFromNow(delay / 1000),
      ...(result.again ? {} : released),
    })
    let added = 0
    const append = async (transaction: Queryable, current: FeedRow) => {
      added = await appendEvents(transaction, current, result.events)
      await transaction.update(feed).set(outcome(added)).where(eq(feed.id, row.id))
    }
    // Most polls bring nothing, and are one statement.
    const isEmpty = result.events.length === 0
    const held = await (isEmpty ? leases.write(lease, outcome(0)) : leases.underLease(lease, append))
    if (!held) {
      metrics.polls.inc({ connector: metrics.connectorLabel(row.connector), outcome: 'fenced' })
      return false
    }
    if (added > 0) metrics.events.inc({ connector: metrics.connectorLabel(row.connector) }, added)
    if (added > 0 || row.status !== 'ACTIVE') bus.wake(lease.feedId)
    return true
  }

  async function counted<T>(row: FeedRow, poll: () => Promise<T>): Promise<T> {
    try {
      const result = await poll()
      metrics.polls.inc({ connector: metrics.connectorLabel(row.connector), outcome: 'ok' })
      return result
    } catch (error) {
      const outcome = isJunctorError(error) ? error.code : 'INTERNAL'
      metrics.polls.inc({ connector: metrics.connectorLabel(row.connector), outcome })
      throw error
    }
  }

  return { run }
}
