// Appending in one statement: what `appendNew` does in a transaction of six, for those who only append. It costs as
// much as a single INSERT.
import { sql } from 'drizzle-orm'
import { type Json, printJson } from '../../json.ts'
import type { Queryable } from '../../store/index.ts'
import type { FeedId, FeedStatus } from '../feeds/index.ts'
import type { NewEvent } from './event-log.ts'

export interface Appended {
  /** As the feed stood under its lock; one that is ENDED or PAUSED takes nothing. */
  readonly status: FeedStatus
  /** Keys that are new, each once. */
  readonly added: readonly string[]
}

/**
 * Null where the feed is gone. Of equal keys the first is kept. Fails with a unique violation where somebody else
 * appended between the statement's snapshot and its lock: then nothing is stored, and `appendNew` is to do it.
 */
export async function appendAtOnce(
  db: Queryable,
  feedId: FeedId,
  events: readonly NewEvent[],
): Promise<Appended | null> {
  const unique = new Map<string, Json>()
  for (const { key, data } of events) if (!unique.has(key)) unique.set(key, data)
  const keys = sql.param([...unique.keys()])
  const texts = sql.param([...unique.values()].map(data => printJson(data)))
  const { rows } = await db.execute<{ status: FeedStatus; added: string[] }>(sql`
    with locked as materialized (
      select id, last_sequence, status from feed where id = ${feedId} for update
    ), fresh as (
      select given.key, given.data, row_number() over (order by given.place) as nth
      from locked, unnest(${keys}::text[], ${texts}::text[]) with ordinality as given(key, data, place)
      where locked.status not in ('ENDED', 'PAUSED')
        and not exists (select from feed_event known where known.feed_id = locked.id and known.key = given.key)
    ), added as (
      insert into feed_event (feed_id, sequence, key, time, data)
      select locked.id, locked.last_sequence + fresh.nth, fresh.key, now(), fresh.data from locked, fresh
      returning key
    ), moved as (
      update feed set last_sequence = last_sequence + (select count(*) from added), last_event_at = now()
      where id = ${feedId} and exists (select from added)
    )
    select status, array(select key from added) as added from locked`)
  return rows[0] ?? null
}
