// The scheduler: claims feeds that are due and works on them, a bounded number at once, each under a lease that is
// renewed while the work runs. Every instance runs one; none of them leads. An expired lease is due again by itself.
import type { Clock } from '../clock.ts'
import type { Logger } from '../telemetry/index.ts'
import { every } from './every.ts'
import { type FeedId, feedIdOf } from './feed.ts'
import type { FeedRow } from './feed-row.ts'
import type { Lease, Leases } from './lease.ts'
import type { TriggerSettings } from './settings.ts'
import type { Worker } from './worker.ts'

export interface SchedulerOptions {
  readonly leases: Pick<Leases, 'claimDue' | 'claim' | 'renew'>
  readonly worker: Worker
  readonly clock: Clock
  readonly logger: Logger
  readonly settings: TriggerSettings
}

export interface Scheduler extends AsyncDisposable {
  /**
   * Works now on one feed that is due or in trouble. Resolves when that is done: with the error it was recorded with,
   * null where there was none, `busy` where another instance works on it or did already.
   */
  runNow(feedId: FeedId): Promise<{ readonly error: unknown } | 'busy'>
  /** Looks for due feeds now. */
  nudge(): void
}

export function createScheduler({ leases, worker, clock, logger, settings }: SchedulerOptions): Scheduler {
  const stopping = new AbortController()
  const leaseMilliseconds = settings.leaseSeconds * 1000
  const running = new Map<FeedId, Promise<unknown>>()
  const claiming = new Map<FeedId, Promise<{ error: unknown } | 'busy'>>()

  let scanned: Promise<void> = Promise.resolve()
  const scan = every(settings.scanSeconds * 1000, clock, () => {
    scanned = beginDue()
    return scanned
  })

  async function beginDue(): Promise<void> {
    const capacity = settings.concurrency - running.size
    if (capacity <= 0) return
    const asked = clock.now()
    const rows = await claim(capacity)
    for (const row of rows) begin(row, asked).catch(() => {})
    if (rows.length === capacity) scan.soon()
  }

  async function claim(limit: number): Promise<FeedRow[]> {
    try {
      return await leases.claimDue(limit)
    } catch (error) {
      logger.warn({ error }, 'The feeds that are due could not be read; the scheduler tries again.')
      return []
    }
  }

  /** Rejects where the store failed; that is logged here, and the lease runs out. */
  function begin(row: FeedRow, asked: number): Promise<unknown> {
    const feedId = feedIdOf(row.id)
    const work = underLease(row, asked).finally(() => {
      if (running.get(feedId) === work) running.delete(feedId)
      if (running.size === settings.concurrency - 1) scan.soon()
    })
    running.set(feedId, work)
    return work
  }

  /** @param asked when the lease was asked for: it lasts from then on at least */
  async function underLease(row: FeedRow, asked: number): Promise<unknown> {
    const lease: Lease = { feedId: feedIdOf(row.id), epoch: row.leaseEpoch }
    const lost = new AbortController()
    let since = asked
    await using _renewal = every(leaseMilliseconds / 3, clock, async () => {
      const now = clock.now()
      const held = await renewed(lease)
      if (held === true) since = now
      else if (held === false) lost.abort()
    })
    // A process that was stopped for long, and goes on here, is told so by its own clock before by anything else.
    const assertHeld = (): void => {
      if (clock.now() - since >= leaseMilliseconds) lost.abort()
      lost.signal.throwIfAborted()
    }
    try {
      return await worker.run(row, AbortSignal.any([stopping.signal, lost.signal]), assertHeld)
    } catch (error) {
      logger.error(
        { error, feed: row.id },
        'The outcome of work on a feed could not be stored; it is done again.',
      )
      throw error
    }
  }

  /** Null where that cannot be known now; the epoch fences what is written in any case. */
  async function renewed(lease: Lease): Promise<boolean | null> {
    try {
      return await leases.renew(lease)
    } catch (error) {
      logger.warn({ error, feed: lease.feedId }, 'A lease could not be renewed.')
      return null
    }
  }

  async function claimAndRun(feedId: FeedId): Promise<{ error: unknown } | 'busy'> {
    const asked = clock.now()
    const row = await leases.claim(feedId)
    if (row) return { error: await begin(row, asked) }
    // The scan of this instance may have claimed it a moment ago, and begin only now.
    await scanned
    const work = running.get(feedId)
    return work === undefined ? 'busy' : { error: await work }
  }

  return {
    nudge: () => scan.soon(),
    async runNow(feedId) {
      const work = running.get(feedId)
      if (work !== undefined) return { error: await work }
      const shared = claiming.get(feedId)
      if (shared !== undefined) return shared
      const claimed = claimAndRun(feedId).finally(() => claiming.delete(feedId))
      claiming.set(feedId, claimed)
      return claimed
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await scan[Symbol.asyncDispose]()
      await Promise.allSettled([...claiming.values(), ...running.values()])
    },
  }
}
