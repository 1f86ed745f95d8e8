// The event log: events are appended under their feed's row lock, so that sequences commit in order and a reader who
// asks for what is behind a sequence misses nothing.
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { type Json, parseJson, printJson } from '../../json.ts'
import { type Database, type Queryable, schema } from '../../store/index.ts'
import { type FeedEvent, type FeedId, feedIdOf } from '../feeds/index.ts'
import { encodeCursor } from './cursor.ts'

const { feed, feedEvent } = schema

/** An event that a poller or the receiver found. Of equal keys in one feed, one is kept. */
export interface NewEvent {
  readonly key: string
  readonly data: Json
  /** JSON text of `data` as it came; left out: it is printed. */
  readonly text?: string
  /** What `data` was made of, where it cannot be told from it. */
  readonly raw?: { readonly body: Uint8Array; readonly contentType: string | null }
}

/** Of an event, as its table has them. */
export function storedColumns({ key, data, text, raw }: NewEvent) {
  return {
    key,
    data: text ?? printJson(data),
    body: raw ? Buffer.from(raw.body) : null,
    contentType: raw?.contentType ?? null,
  }
}

/** An event with its place in the log. */
export interface LoggedEvent extends FeedEvent {
  readonly sequence: number
}

/** One insert holds at most so many rows. */
const chunk = 500

/** As `appendNew`; returns how many were new. */
export async function appendEvents(
  transaction: Queryable,
  feedRow: { readonly id: string; readonly lastSequence: number },
  events: readonly NewEvent[],
): Promise<number> {
  return (await appendNew(transaction, feedRow, events)).length
}

/**
 * Appends the events whose keys are new and moves the feed's last sequence; returns those keys. The caller's
 * transaction holds the feed's row lock and read `lastSequence` under it.
 */
export async function appendNew(
  transaction: Queryable,
  { id, lastSequence }: { readonly id: string; readonly lastSequence: number },
  events: readonly NewEvent[],
): Promise<readonly string[]> {
  const unique = new Map(events.toReversed().map(event => [event.key, event]))
  if (unique.size === 0) return []
  const known = await transaction
    .select({ key: feedEvent.key })
    .from(feedEvent)
    // One array: each key as a parameter of its own, many would be more than a statement may have.
    .where(
      and(eq(feedEvent.feedId, id), sql`${feedEvent.key} = any(${sql.param([...unique.keys()])}::text[])`),
    )
  for (const { key } of known) unique.delete(key)
  // Of equal keys the first is kept, and the order is the events' own.
  const kept = events.filter(event => unique.get(event.key) === event)
  const rows = kept.map((event, index) => ({
    ...storedColumns(event),
    feedId: id,
    sequence: lastSequence + 1 + index,
    time: sql`now()`,
  }))
  for (let start = 0; start < rows.length; start += chunk)
    await transaction.insert(feedEvent).values(rows.slice(start, start + chunk))
  if (rows.length > 0)
    await transaction
      .update(feed)
      .set({ lastSequence: lastSequence + rows.length, lastEventAt: sql`now()` })
      .where(eq(feed.id, id))
  return rows.map(({ key }) => key)
}

export interface PageLimits {
  readonly events: number
  /** Beyond the first event, no more characters of data than this. */
  readonly characters: number
}

/** The events behind `after`, oldest first, within the limits; at least one where there is one. */
export async function readEvents(
  db: Database,
  feedId: FeedId,
  after: number,
  limits: PageLimits,
): Promise<LoggedEvent[]> {
  const candidates = db.$with('candidates').as(
    db
      .select({
        sequence: feedEvent.sequence,
        // octet_length of a stored text is read without fetching the text itself.
        total: sql<number>`sum(octet_length(${feedEvent.data})) over (order by ${feedEvent.sequence})`.as(
          'total',
        ),
        size: sql<number>`octet_length(${feedEvent.data})`.as('size'),
      })
      .from(feedEvent)
      .where(and(eq(feedEvent.feedId, feedId), gt(feedEvent.sequence, after)))
      .orderBy(asc(feedEvent.sequence))
      .limit(limits.events),
  )
  const rows = await db
    .with(candidates)
    .select({
      feedId: feedEvent.feedId,
      sequence: feedEvent.sequence,
      key: feedEvent.key,
      time: feedEvent.time,
      data: feedEvent.data,
    })
    .from(candidates)
    .innerJoin(feedEvent, and(eq(feedEvent.feedId, feedId), eq(feedEvent.sequence, candidates.sequence)))
    .where(sql`${candidates.total} - ${candidates.size} <= ${limits.characters}`)
    .orderBy(asc(feedEvent.sequence))
  return rows.map(event => ({
    feedId: feedIdOf(event.feedId),
    sequence: event.sequence,
    id: event.key,
    cursor: encodeCursor({ feedId: feedIdOf(event.feedId), sequence: event.sequence }),
    time: event.time,
    data: parseJson(event.data),
  }))
}

/** Sequence of the oldest event behind `after` that the log holds; null where it holds none. */
export async function oldestSequence(db: Database, feedId: FeedId, after: number): Promise<number | null> {
  const [row] = await db
    .select({ sequence: feedEvent.sequence })
    .from(feedEvent)
    .where(and(eq(feedEvent.feedId, feedId), gt(feedEvent.sequence, after)))
    .orderBy(asc(feedEvent.sequence))
    .limit(1)
  return row?.sequence ?? null
}
