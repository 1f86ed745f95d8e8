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
export async function appendAtOnce(
  db: Queryable,
  events: ReadonlyMap<FeedId, readonly NewEvent[]>,
): Promise<ReadonlyMap<FeedId, Appended | 'late'>> {
  const given = [...events].flatMap(([feedId, ofFeed]) =>
    [...firstOfEachKey(ofFeed)].map(event => ({ feedId, ...storedColumns(event) })),
  )
  const column = (name: keyof (typeof given)[number]) => sql.param(given.map(event => event[name]))
  const feedIds = sql.param([...events.keys()])
  const { rows } = await db.execute<{ id: string; status: FeedStatus | null; added: string[] }>(sql`
    with seen as materialized (
      select id, last_sequence from feed where id = any(${feedIds}::uuid[])
    ), locked as materialized (
      select id, last_sequence, status from feed where id = any(${feedIds}::uuid[])
      order by id for update skip locked
    ), current as materialized (
      select id, last_sequence, status from locked join seen using (id, last_sequence)
    ), fresh as (
      select current.id, given.key, given.data, given.body, given.content_type,
        current.last_sequence + row_number() over (partition by current.id order by given.place) as sequence
      from unnest(
        ${column('feedId')}::uuid[], ${column('key')}::text[], ${column('data')}::text[],
        ${column('body')}::bytea[], ${column('contentType')}::text[]
      ) with ordinality as given(id, key, data, body, content_type, place)
      join current on current.id = given.id
      where current.status not in ('ENDED', 'PAUSED')
        and not exists (select from feed_event known where known.feed_id = given.id and known.key = given.key)
    ), added as (
      insert into feed_event (feed_id, sequence, key, time, data, body, content_type)
      select id, sequence, key, now(), data, body, content_type from fresh
      returning feed_id, sequence, key
    ), moved as (
      update feed set last_sequence = newest.sequence, last_event_at = now()
      from (select feed_id, max(sequence) as sequence from added group by feed_id) as newest
      where feed.id = newest.feed_id
    )
    select seen.id, current.status, coalesce(stored.keys, '{}') as added
    from seen left join current using (id)
      left join (select feed_id as id, array_agg(key) as keys from added group by feed_id) as stored using (id)`)
  return new Map(
    rows.map(({ id, status, added }) => [feedIdOf(id), status === null ? 'late' : { status, added }]),
  )
}

function firstOfEachKey(events: readonly NewEvent[]): Iterable<NewEvent> {
  const unique = new Map<string, NewEvent>()
  for (const event of events) if (!unique.has(event.key)) unique.set(event.key, event)
  return unique.values()
}
