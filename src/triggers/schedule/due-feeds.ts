// The feeds that are due, seen so that many of one organization hide none of another.
import { sql } from 'drizzle-orm'
import type { Database } from '../../store/index.ts'
import type { Holder } from './fair-choice.ts'

export interface DueFeed extends Holder {
  readonly id: string
}

/** The longest overdue that are looked at; where there are no more, that is all. */
const overdue = 512
/** Where there are more: connections that are looked at besides, in turn, and feeds of each. */
const inTurn = { connections: 256, feeds: 4 }

const none = '00000000-0000-0000-0000-000000000000'

/** Each call looks on where the last one of this instance stopped. */
export function createDueFeeds(db: Database): () => Promise<readonly DueFeed[]> {
  let behind = { organizationId: '', connectionId: none }

  async function longestOverdue(): Promise<readonly DueFeed[]> {
    const { rows } = await db.execute<{
      id: string
      organization_id: string
      connection_id: string | null
    }>(sql`
      select id, organization_id, connection_id from feed
      where next_due_at <= now() and (lease_expires_at is null or lease_expires_at <= now())
      order by next_due_at limit ${overdue}`)
    return rows.map(row => ({
      id: row.id,
      organizationId: row.organization_id,
      connectionId: row.connection_id,
    }))
  }

  /** A walk along the index from one connection to the next, whatever lies between. */
  async function ofEach(): Promise<readonly DueFeed[]> {
    const next = sql`select organization_id as o, coalesce(connection_id, ${none}::uuid) as c from feed`
    const key = sql`(organization_id, coalesce(connection_id, ${none}::uuid))`
    const { rows } = await db.execute<{ o: string; c: string; id: string | null }>(sql`
      with recursive walk as (
        (${next} where ${key} > (${behind.organizationId}::text, ${behind.connectionId}::uuid) order by 1, 2 limit 1)
        union all
        select step.o, step.c from walk, lateral (${next} where ${key} > (walk.o, walk.c) order by 1, 2 limit 1) step
      )
      select met.o, met.c, due.id from (select * from walk limit ${inTurn.connections}) met left join lateral (
        select id from feed
        where organization_id = met.o and coalesce(connection_id, ${none}::uuid) = met.c
          and next_due_at <= now() and (lease_expires_at is null or lease_expires_at <= now())
        order by next_due_at limit ${inTurn.feeds}
      ) due on true`)
    const met = new Set(rows.map(({ o, c }) => `${o} ${c}`))
    const last = rows.at(-1)
    behind =
      last && met.size >= inTurn.connections
        ? { organizationId: last.o, connectionId: last.c }
        : { organizationId: '', connectionId: none }
    return rows.flatMap(({ o, c, id }) =>
      id === null ? [] : [{ id, organizationId: o, connectionId: c === none ? null : c }],
    )
  }

  return async function dueFeeds() {
    const longest = await longestOverdue()
    if (longest.length < overdue) return longest
    return [...new Map([...longest, ...(await ofEach())].map(feed => [feed.id, feed])).values()]
  }
}
