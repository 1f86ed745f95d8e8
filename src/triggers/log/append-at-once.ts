// Appending for many feeds in one statement: what `appendNew` does for one feed in a transaction of six. No lock is held
// while the hub is waited for, so that a hub that stops in the middle stops nobody else.
import { sql } from 'drizzle-orm'
import type { Queryable } from '../../store/index.ts'
import { type FeedId, type FeedStatus, feedIdOf } from '../feeds/index.ts'
import { type NewEvent, storedColumns } from './event-log.ts'

export interface Appended {
  /** As the feed stood under its lock; one that is ENDED or PAUSED takes nothing. */
  readonly status: FeedStatus
  /** Keys that are new, each once. */
  readonly added: readonly string[]
}

/**
 * Of each feed what became of its events; a feed that is gone is not among them. Of equal keys the first is kept.
 * `late` is a feed of which nothing was stored: somebody else has its row's lock, or had it after this statement's
 * snapshot was taken, and what they appended cannot be seen from here. Where the caller's transaction has the lock from
 * a statement before, no feed is late. Nothing waits for a lock, so that no two can wait for each other.
 */
type AppendAtOnce = (
  events: ReadonlyMap<FeedId, readonly NewEvent[]>,
) => Promise<ReadonlyMap<FeedId, Appended | 'late'>>

/** JSON text has none of it: it is escaped in strings, and stands nowhere else. An array of texts would be escaped whole. */
const separator = '\u001e'

/** Made once for many calls: its statement is planned once for each connection then. */
export function createAppendAtOnce(db: Queryable): AppendAtOnce {
  const statement = statementOf(db)
  return async events => {
    const given = [...events].flatMap(([feedId, ofFeed]) =>
      [...firstOfEachKey(ofFeed)].map(event => ({ feedId, ...storedColumns(event) })),
    )
    const rows = await statement.execute({
      feedIds: [...events.keys()],
      ids: given.map(({ feedId }) => feedId),
      keys: given.map(({ key }) => key),
      data: given.map(({ data }) => data).join(separator),
      bodies: given.map(({ body }) => body),
      contentTypes: given.map(({ contentType }) => contentType),
    })
    return new Map(
      rows.map(({ id, status, added }) => [feedIdOf(id), status === null ? 'late' : { status, added }]),
    )
  }
}

/** No part is run twice: what is read twice PostgreSQL keeps, as it does what locks or writes. */
function statementOf(db: Queryable) {
  const feedIds = sql`${sql.placeholder('feedIds')}::uuid[]`
  const seen = db.$with('seen', {}).as(sql`
    select id, last_sequence from feed where id = any(${feedIds})`)
  const locked = db.$with('locked', {}).as(sql`
    select id, last_sequence, status from feed where id = any(${feedIds})
    order by id for update skip locked`)
  const current = db.$with('current', {}).as(sql`
    select id, last_sequence, status from locked join seen using (id, last_sequence)`)
  const fresh = db.$with('fresh', {}).as(sql`
    select current.id, given.key, given.data, given.body, given.content_type,
      current.last_sequence + row_number() over (partition by current.id order by given.place) as sequence
    from rows from (
      unnest(${sql.placeholder('ids')}::uuid[]),
      unnest(${sql.placeholder('keys')}::text[]),
      unnest(string_to_array(${sql.placeholder('data')}::text, ${sql.raw(`'${separator}'`)})),
      unnest(${sql.placeholder('bodies')}::bytea[]),
      unnest(${sql.placeholder('contentTypes')}::text[])
    ) with ordinality as given(id, key, data, body, content_type, place)
    join current on current.id = given.id
    where current.status not in ('ENDED', 'PAUSED')
      and not exists (select from feed_event known where known.feed_id = given.id and known.key = given.key)`)
  const added = db.$with('added', {}).as(sql`
    insert into feed_event (feed_id, sequence, key, time, data, body, content_type)
    select id, sequence, key, now(), data, body, content_type from fresh
    returning feed_id, sequence, key`)
  const moved = db.$with('moved', {}).as(sql`
    update feed set last_sequence = newest.sequence, last_event_at = now()
    from (select feed_id, max(sequence) as sequence from added group by feed_id) as newest
    where feed.id = newest.feed_id`)
  const stored = db.$with('stored', {}).as(sql`
    select feed_id as id, array_agg(key) as keys from added group by feed_id`)
  return db
    .with(seen, locked, current, fresh, added, moved, stored)
    .select({
      id: sql<string>`seen.id`,
      status: sql<FeedStatus | null>`current.status`,
      added: sql<string[]>`coalesce(stored.keys, '{}')`,
    })
    .from(sql`seen left join current using (id) left join stored using (id)`)
    .prepare('append_at_once')
}

function firstOfEachKey(events: readonly NewEvent[]): Iterable<NewEvent> {
  const unique = new Map<string, NewEvent>()
  for (const event of events) if (!unique.has(event.key)) unique.set(event.key, event)
  return unique.values()
}
