// The scheduler: claims feeds that are due and works on them, a bounded number at once, each under a lease that is
// renewed while the work runs. Every instance runs one; none of them leads. An expired lease is due again by itself.
import type { Clock } from '../../clock.ts'
import type { Logger, Metrics } from '../../telemetry/index.ts'
import { type FeedId, type FeedRow, feedIdOf } from '../feeds/index.ts'
import type { ClaimedFeed, Holder, Lease, Leases } from '../schedule/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { every } from '../time/index.ts'
import type { Worker } from './worker.ts'

export interface SchedulerOptions {
  readonly leases: Pick<Leases, 'claimDue' | 'claim' | 'renew' | 'epochOf'>
  readonly worker: Worker
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
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

/** Work on a feed under the lease of an epoch. */
interface Running extends Holder {
  readonly epoch: number
  readonly work: Promise<unknown>
  readonly abort: () => void
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { leases, worker, clock, logger, metrics, settings } = options
  const stopping = new AbortController()
  const leaseMilliseconds = settings.leaseSeconds * 1000
  const running = new Map<FeedId, Running>()
  const claiming = new Map<FeedId, Promise<{ error: unknown } | 'busy'>>()

  let scanned: Promise<void> = Promise.resolve()
  const scan = every(settings.scanSeconds * 1000, clock, () => {
    scanned = beginDue()
    return scanned
  })

  /** Pieces of work that end before it is looked again whether more is due: half of what was claimed last. */
  let untilScan = 0

  async function beginDue(): Promise<void> {
    const asked = clock.now()
    const rows = await claim()
    untilScan = Math.ceil(rows.length / 2)
    for (const row of rows) {
      metrics.dispatchLag.observe(row.lagSeconds)
      if (row.reclaimed) metrics.reclaimedLeases.inc()
      begin(row, asked).catch(() => {})
    }
  }

  async function claim(): Promise<ClaimedFeed[]> {
    if (running.size >= settings.concurrency) return []
    try {
      return await leases.claimDue(settings.concurrency, [...running.values()])
    } catch (error) {
      logger.warn({ error }, 'The feeds that are due could not be read; the scheduler tries again.')
      return []
    }
  }

  /** Rejects where the store failed; that is logged here, and the lease runs out. */
  function begin(row: FeedRow, asked: number): Promise<unknown> {
    const feedId = feedIdOf(row.id)
    const superseded = new AbortController()
    const work = underLease(row, asked, superseded.signal).finally(() => {
      if (running.get(feedId)?.work === work) running.delete(feedId)
      untilScan--
      if (untilScan === 0 || running.size === settings.concurrency - 1) scan.soon()
    })
    const { organizationId, connectionId, leaseEpoch: epoch } = row
    running.set(feedId, { organizationId, connectionId, epoch, work, abort: () => superseded.abort() })
    return work
  }

  /** @param asked when the lease was asked for: it lasts from then on at least */
  async function underLease(row: FeedRow, asked: number, superseded: AbortSignal): Promise<unknown> {
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
      const signal = AbortSignal.any([stopping.signal, lost.signal, superseded])
      return await worker.run(row, signal, assertHeld)
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
    const current = running.get(feedId)
    return current === undefined ? 'busy' : { error: await current.work }
  }

  /** The outcome of the work under way; undefined where there is none, or a pause or an end came after it began. */
  async function underWay(feedId: FeedId): Promise<{ error: unknown } | undefined> {
    const current = running.get(feedId)
    if (current === undefined) return undefined
    if ((await leases.epochOf(feedId)) === current.epoch || running.get(feedId) !== current)
      return { error: await current.work }
    // What it does is for nothing, and no two pieces of work on a feed run at once.
    current.abort()
    await current.work.catch(() => {})
    return undefined
  }

  return {
    nudge: () => scan.soon(),
    async runNow(feedId) {
      const done = await underWay(feedId)
      if (done !== undefined) return done
      const shared = claiming.get(feedId)
      if (shared !== undefined) return shared
      const claimed = claimAndRun(feedId).finally(() => claiming.delete(feedId))
      claiming.set(feedId, claimed)
      return claimed
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await scan[Symbol.asyncDispose]()
      await Promise.allSettled([...claiming.values(), ...[...running.values()].map(({ work }) => work)])
    },
  }
}
