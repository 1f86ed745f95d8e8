// Starting a feed and waiting until it is started, whichever instance does it.
import type { Clock } from '../../clock.ts'
import { JunctorError } from '../../errors.ts'
import {
  type Connectors,
  type FeedId,
  type FeedRow,
  type FeedStatus,
  type FeedTable,
  feedIdOf,
  findTrigger,
  registersByCall,
} from '../feeds/index.ts'
import type { Scheduler } from '../jobs/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { pause } from '../time/index.ts'
import type { Readers } from './readers.ts'

export interface StarterOptions {
  readonly feeds: FeedTable
  readonly scheduler: Scheduler
  readonly readers: Readers
  readonly connectors: Connectors
  readonly clock: Clock
  readonly settings: TriggerSettings
}

export type Starter = ReturnType<typeof createStarter>

const unsuccessful: ReadonlySet<FeedStatus> = new Set(['FAILING', 'NEEDS_AUTHORIZATION', 'ENDED'])

/** Milliseconds between two looks at a feed that another instance starts. */
const look = 250

export function createStarter({ feeds, scheduler, readers, connectors, clock, settings }: StarterOptions) {
  /** True where nobody is told yet that there are subscribers. */
  async function waits(row: FeedRow): Promise<boolean> {
    if (row.status === 'STARTING') return true
    const unregistered = row.kind === 'WEBHOOK' && !row.registered
    return (
      unregistered &&
      (row.status === 'FAILING' || row.status === 'NEEDS_AUTHORIZATION') &&
      registersByCall(await findTrigger(connectors, row))
    )
  }

  return {
    /**
     * Resolves with the feed once it is started: a webhook is registered, a poller has made its first poll, well or
     * not. Throws what the registration threw; a feed that is `fresh` ends then, and any other tries on.
     */
    async start(feedId: FeedId, fresh: boolean, signal: AbortSignal): Promise<FeedRow> {
      const deadline = clock.now() + settings.startSeconds * 1000
      for (;;) {
        const row = await live(feedId)
        if (!(await waits(row))) return row
        if (signal.aborted || readers.closed || clock.now() > deadline) return late(row)
        await attempt(row, fresh, signal)
      }
    },
  }

  async function live(feedId: FeedId): Promise<FeedRow> {
    const row = await feeds.find(feedId)
    if (row && row.status !== 'ENDED') return row
    const why = row?.statusReason ?? 'It is gone.'
    throw new JunctorError('FEED_ENDED', `The feed could not be started: ${why}`)
  }

  async function attempt(row: FeedRow, fresh: boolean, signal: AbortSignal): Promise<void> {
    const feedId = feedIdOf(row.id)
    const done = await scheduler.runNow(feedId)
    if (done === 'busy') return pause(look, clock, signal)
    if (row.kind === 'POLLING' || done.error === null) return
    // What failed may have been work from before a pause; then the feed is still to be started.
    const now = await feeds.find(feedId)
    if (now && !unsuccessful.has(now.status)) return
    if (now && fresh) {
      await feeds.takeBack(now)
      scheduler.nudge()
    }
    throw done.error
  }

  /** A poller that is slow to start is a poller all the same. */
  function late(row: FeedRow): FeedRow {
    if (row.kind === 'POLLING') return row
    throw new JunctorError(
      'UPSTREAM_TIMEOUT',
      `The webhook of ${row.field} was not registered in time: try again.`,
    )
  }
}
