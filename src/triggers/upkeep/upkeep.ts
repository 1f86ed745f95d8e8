// Upkeep: feeds that nobody subscribes to any more, or whose connector is gone, end; old events leave the log, old feeds
// their table. Every instance does it; twice at once does no harm.
import { and, eq, inArray, lte, not } from 'drizzle-orm'
import type { Clock } from '../../clock.ts'
import { type Database, schema } from '../../store/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Bus } from '../bus/index.ts'
import { type FeedTable, feedIdOf } from '../feeds/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { every, secondsAgo } from '../time/index.ts'
import { dropPastPartitions, makeNextPartition } from './partitions.ts'
import { pruneEvents } from './prune.ts'

const { feed } = schema

/** Feeds that one round drops at most; the rest come with the next. */
const droppedAtOnce = 200

export interface UpkeepOptions {
  readonly db: Database
  readonly feeds: FeedTable
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  readonly settings: TriggerSettings
  /** Called when feeds ended: there may be registrations to delete. */
  readonly ended: () => void
}

export function createUpkeep({
  db,
  feeds,
  bus,
  clock,
  logger,
  settings,
  ended,
}: UpkeepOptions): AsyncDisposable {
  async function endUnwanted(): Promise<void> {
    const rows = [...(await feeds.endLingering()), ...(await feeds.endImportless())]
    for (const row of rows) bus.wake(feedIdOf(row.id))
    if (rows.length > 0) ended()
  }

  async function dropEnded(): Promise<void> {
    const old = db
      .select({ id: feed.id })
      .from(feed)
      .where(
        and(
          eq(feed.status, 'ENDED'),
          not(feed.registered),
          lte(feed.endedAt, secondsAgo(settings.retentionSeconds)),
        ),
      )
      .limit(droppedAtOnce)
    await db.delete(feed).where(and(inArray(feed.id, old), eq(feed.status, 'ENDED')))
  }

  const makeNext = () => makeNextPartition(db, settings)
  const dropPast = () => dropPastPartitions(db, settings)
  const prune = () => pruneEvents(db, settings)
  return every(settings.upkeepSeconds * 1000, clock, async () => {
    for (const chore of [endUnwanted, makeNext, dropPast, prune, dropEnded])
      try {
        await chore()
      } catch (error) {
        logger.warn({ error }, 'The upkeep of feeds failed; it is tried again.')
      }
  })
}
