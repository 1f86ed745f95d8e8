// Pages of the log, read once for all the readers of this instance that stand at the same place.
import { eq } from 'drizzle-orm'
import QuickLRU from 'quick-lru'
import { type Database, schema } from '../../store/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { FeedId, FeedStatus } from '../feeds/index.ts'
import { type LoggedEvent, type PageLimits, readEvents } from './event-log.ts'

const { feed } = schema

/** How a feed stood just before a page was read. */
export interface FeedStanding {
  readonly status: FeedStatus
  readonly statusReason: string | null
  readonly lastSequence: number
  readonly prunedSequence: number
}

export interface EventPage {
  readonly events: readonly LoggedEvent[]
  /** Null on a page that was kept from earlier, and where the feed is gone. */
  readonly standing: FeedStanding | null
}

export type EventPages = ReturnType<typeof createEventPages>

/** Pages that are kept: enough for the readers near the end of the busiest feeds. */
const kept = 32

export interface EventPagesOptions {
  readonly db: Database
  readonly limits: PageLimits
  readonly logger: Logger
}

export function createEventPages({ db, limits, logger }: EventPagesOptions) {
  // What is behind a place begins the same for ever, so a page with events stays right.
  const pages = new QuickLRU<string, EventPage>({ maxSize: kept })
  const reading = new Map<string, Promise<EventPage | null>>()

  async function read(feedId: FeedId, after: number): Promise<EventPage> {
    // The standing first: what it counts as committed, the events' own query then sees.
    const standing = await readStanding(db, feedId)
    const events = standing ? await readEvents(db, feedId, after, limits) : []
    if (events.length > 0) pages.set(`${feedId}:${after}`, { events, standing: null })
    return { events, standing }
  }

  return {
    /**
     * The events behind `after`. Readers who ask at once share one read; `generation` is to grow with each wake-up,
     * so that a reader who was woken never shares a read that began before. Null where the store failed: that is
     * logged, once for all who asked.
     */
    behind(feedId: FeedId, after: number, generation: number): Promise<EventPage | null> {
      const page = pages.get(`${feedId}:${after}`)
      if (page) return Promise.resolve(page)
      const key = `${feedId}:${after}:${generation}`
      const shared = reading.get(key)
      if (shared !== undefined) return shared
      const started = read(feedId, after)
        .catch((error: unknown) => {
          logger.warn({ error, feed: feedId }, 'A page of a feed could not be read; its readers try again.')
          return null
        })
        .finally(() => reading.delete(key))
      reading.set(key, started)
      return started
    },
  }
}

export async function readStanding(db: Database, feedId: FeedId): Promise<FeedStanding | null> {
  const [row] = await db
    .select({
      status: feed.status,
      statusReason: feed.statusReason,
      lastSequence: feed.lastSequence,
      prunedSequence: feed.prunedSequence,
    })
    .from(feed)
    .where(eq(feed.id, feedId))
  return row ?? null
}
