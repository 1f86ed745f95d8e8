// Who reads which feed on this instance: wakes them, keeps their feeds alive, and looks after them where a wake-up
// was lost.
import { inArray } from 'drizzle-orm'
import type { Clock } from '../../clock.ts'
import { type Database, schema } from '../../store/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Bus } from '../bus/index.ts'
import type { FeedId, FeedTable } from '../feeds/index.ts'
import type { TriggerSettings } from '../settings.ts'
import { every } from '../time/index.ts'

const { feed } = schema

/** A reader's place at a feed. */
export interface Membership {
  /** Grows with each wake-up: take it before reading the log, hand it to `news` after. */
  generation(): number
  /** Resolves when the generation is another, or the signal aborts, or this instance shuts down. */
  news(generation: number, signal: AbortSignal): Promise<void>
  /** May be called more than once. */
  leave(): void
}

export interface Readers extends AsyncDisposable {
  /** Wake-ups from when this resolves on are not missed. */
  join(feedId: FeedId): Promise<Membership>
  count(feedId: FeedId): number
  /** True once this instance shuts down. */
  readonly closed: boolean
}

interface LocalFeed {
  readers: number
  generation: number
  readonly waiting: Set<() => void>
  /** How the backstop last saw it. */
  seen: string
  /** Resolves to what stops listening. */
  listening: Promise<() => void>
}

export interface ReadersOptions {
  readonly db: Database
  readonly feeds: FeedTable
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  readonly settings: TriggerSettings
}

/** Heartbeats that fit into the time a feed lingers; none comes later than this many seconds. */
const heartbeats = { perLinger: 10, longestSeconds: 30 }

export function createReaders({ db, feeds, bus, clock, logger, settings }: ReadersOptions): Readers {
  const local = new Map<FeedId, LocalFeed>()
  let closed = false

  function wake(entry: LocalFeed): void {
    entry.generation++
    const waiting = [...entry.waiting]
    entry.waiting.clear()
    for (const resume of waiting) resume()
  }

  async function tried(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      logger.warn({ error }, what)
    }
  }

  /** The bus may lose a wake-up; the log is the truth. */
  const backstop = every(settings.backstopSeconds * 1000, clock, () =>
    tried('The feeds that are waited for could not be looked at; it is tried again.', async () => {
      const waited = [...local].filter(([, entry]) => entry.waiting.size > 0)
      if (waited.length === 0) return
      const ids = waited.map(([id]) => id)
      const rows = await db
        .select({ id: feed.id, lastSequence: feed.lastSequence, status: feed.status })
        .from(feed)
        .where(inArray(feed.id, ids))
      const standing = new Map(rows.map(row => [row.id, `${row.status}:${row.lastSequence}`]))
      for (const [id, entry] of waited) {
        const now = standing.get(id) ?? 'gone'
        if (now === entry.seen) continue
        entry.seen = now
        wake(entry)
      }
    }),
  )

  const heartbeatSeconds = Math.min(settings.lingerSeconds / heartbeats.perLinger, heartbeats.longestSeconds)
  const heartbeat = every(heartbeatSeconds * 1000, clock, () =>
    tried('Feeds with subscribers could not be kept alive; it is tried again.', () =>
      feeds.linger([...local.keys()]),
    ),
  )

  function open(feedId: FeedId): LocalFeed {
    const entry: LocalFeed = {
      readers: 0,
      generation: 0,
      waiting: new Set(),
      seen: '',
      listening: bus.listen(feedId, () => wake(entry)),
    }
    local.set(feedId, entry)
    return entry
  }

  return {
    async join(feedId) {
      const entry = local.get(feedId) ?? open(feedId)
      entry.readers++
      const place = membership(feedId, entry)
      try {
        await entry.listening
      } catch (error) {
        place.leave()
        throw error
      }
      return place
    },
    count: feedId => local.get(feedId)?.readers ?? 0,
    get closed() {
      return closed
    },
    async [Symbol.asyncDispose]() {
      closed = true
      for (const entry of local.values()) wake(entry)
      await Promise.all([backstop[Symbol.asyncDispose](), heartbeat[Symbol.asyncDispose]()])
      for (const entry of local.values()) await stopListening(entry)
    },
  }

  function membership(feedId: FeedId, entry: LocalFeed): Membership {
    let left = false
    return {
      generation: () => entry.generation,
      news(generation, signal) {
        if (entry.generation !== generation || signal.aborted || closed) return Promise.resolve()
        return new Promise(resolve => {
          const resume = () => {
            signal.removeEventListener('abort', resume)
            entry.waiting.delete(resume)
            resolve()
          }
          signal.addEventListener('abort', resume, { once: true })
          entry.waiting.add(resume)
        })
      },
      leave() {
        if (left) return
        left = true
        entry.readers--
        if (entry.readers > 0) return
        if (local.get(feedId) === entry) local.delete(feedId)
        void stopListening(entry)
      },
    }
  }
}

async function stopListening(entry: LocalFeed): Promise<void> {
  const stop = await entry.listening.catch(() => () => {})
  stop()
}
