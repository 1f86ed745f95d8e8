// Partitions of the log by time: the next is made before it is needed, and one of which everything is older than the
// retention is dropped at once, which costs the same whatever it holds. What comes while there is none goes to the
// default partition. A partition's name says in seconds since 1970 from when and until when.
import { asc, inArray, sql } from 'drizzle-orm'
import { type Database, type Queryable, schema } from '../../store/index.ts'
import type { TriggerSettings } from '../settings.ts'

const { feed } = schema

export interface Partition {
  readonly name: string
  /** Seconds since 1970; -Infinity and Infinity for the default partition. */
  readonly from: number
  readonly to: number
}

/** Any number, the same for all hubs. */
const lockKey = 7_301_402_227
/** Milliseconds for the locks that stop everybody else; without them it is tried again with the next upkeep. */
const lockTimeout = 200
/** Seconds from now until a partition begins that is made too late: what came before is in the default one. */
const headStart = 60
/** Seconds. An event may have waited so long for its feed's lock behind others that came after it. */
const stragglers = 600
/** Feeds that are told in one transaction what they lost. */
const feedsInStep = 200

type Times = Pick<TriggerSettings, 'retentionSeconds' | 'partitionSeconds'>

/** With the database's own time, which is the events'. */
export async function listPartitions(
  db: Queryable,
): Promise<{ readonly now: number; readonly partitions: readonly Partition[] }> {
  const { rows } = await db.execute<{ name: string | null; now: number }>(sql`
    select relname as name, extract(epoch from now())::float8 as now
    from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = 'feed_event'::regclass`)
  const partitions = rows.flatMap(({ name }): Partition[] => {
    if (name === 'feed_event_default') return [{ name, from: -Infinity, to: Infinity }]
    const [, from, to] = /^feed_event_(\d+)_(\d+)$/.exec(name ?? '') ?? []
    return name === null || to === undefined ? [] : [{ name, from: Number(from), to: Number(to) }]
  })
  return { now: rows[0]?.now ?? 0, partitions }
}

/** Makes the next partition where less than half of one is left; one instance does it. */
export async function makeNextPartition(db: Database, { partitionSeconds }: Times): Promise<void> {
  const lacks = async (queryable: Queryable) => {
    const { now, partitions } = await listPartitions(queryable)
    const last = Math.max(0, ...partitions.map(({ to }) => to).filter(Number.isFinite))
    if (last - now > partitionSeconds / 2) return null
    return last > now ? last : Math.ceil(now) + headStart
  }
  if ((await lacks(db)) === null) return
  await db.transaction(async transaction => {
    const { rows } = await transaction.execute<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${lockKey}) as mine`,
    )
    const from = rows[0]?.mine ? await lacks(transaction) : null
    if (from === null) return
    const to = from + Math.ceil(partitionSeconds)
    const name = sql.identifier(`feed_event_${from}_${to}`)
    await lockSoon(transaction, sql`share row exclusive`)
    await transaction.execute(sql`create table ${name} (like feed_event including all)`)
    await transaction.execute(
      sql`alter table feed_event attach partition ${name}
        for values from (to_timestamp(${sql.raw(String(from))})) to (to_timestamp(${sql.raw(String(to))}))`,
    )
  })
}

/** Drops the partitions of which everything is older than the retention. */
export async function dropPastPartitions(db: Database, { retentionSeconds }: Times): Promise<void> {
  const { now, partitions } = await listPartitions(db)
  for (const { name, to } of partitions) {
    if (to > now - retentionSeconds - stragglers) continue
    // First, so that a reader finds an event or knows that it is gone.
    await raiseFloors(db, name)
    await db.transaction(async transaction => {
      await lockSoon(transaction, sql`access exclusive`)
      await transaction.execute(sql`drop table if exists ${sql.identifier(name)}`)
    })
  }
}

/** Everything of the partition counts as pruned. */
async function raiseFloors(db: Database, name: string): Promise<void> {
  const { rows } = await db.execute<{ id: string; last: string }>(
    sql`select feed_id as id, max(sequence) as last from ${sql.identifier(name)} group by feed_id`,
  )
  for (let start = 0; start < rows.length; start += feedsInStep) {
    const step = rows.slice(start, start + feedsInStep)
    const ids = step.map(({ id }) => id)
    await db.transaction(async transaction => {
      // In one order, as those who append to several feeds lock them.
      await transaction
        .select({ id: feed.id })
        .from(feed)
        .where(inArray(feed.id, ids))
        .orderBy(asc(feed.id))
        .for('update')
      await transaction.execute(sql`
        update feed set pruned_sequence = past.last
        from unnest(${sql.param(ids)}::uuid[], ${sql.param(step.map(({ last }) => last))}::bigint[]) as past(id, last)
        where feed.id = past.id and feed.pruned_sequence < past.last`)
    })
  }
}

/** A partition's foreign key is a matter of both tables; who appends locks them in this order. */
async function lockSoon(transaction: Queryable, mode: ReturnType<typeof sql>): Promise<void> {
  await transaction.execute(sql`select set_config('lock_timeout', ${String(lockTimeout)}, true)`)
  await transaction.execute(sql`lock table feed in ${mode} mode`)
}
