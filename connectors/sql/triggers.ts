// New and updated rows, poll by poll (connector-format §5.4). A poll reads from the greatest value reported so far,
// that value included: rows that share it may come later. The state knows which of them were reported.
import { type RawBuilder, sql } from 'kysely'
import type { Json } from '../../src/json.ts'
import { columnList, keyOf, needKey, ordering } from './columns.ts'
import type { Column, Database, Row, Table } from './engine.ts'
import { badRequest } from './problem.ts'
import { fingerprint, mostSeen, type TriggerState } from './trigger-state.ts'

export interface Poll {
  /** Oldest first. */
  readonly rows: readonly Row[]
  readonly state: TriggerState
  /** More rows are there already. */
  readonly more: boolean
}

/** The events of one poll. The hub reads 10 MiB of an answer. */
const batchRows = 100
const batchBytes = 4 * 1024 * 1024

interface Followed {
  readonly trigger: TriggerState['trigger']
  readonly database: Database
  readonly table: Table
  readonly column: Column
  /** Orders the rows that share a value of the column; empty where the table has no key. */
  readonly key: readonly Column[]
}

function follow(
  trigger: TriggerState['trigger'],
  database: Database,
  table: Table,
  column: Column,
): Followed {
  return { trigger, database, table, column, key: trigger === 'updated' ? needKey(table) : keyOf(table) }
}

/**
 * A new row is new once, however it changes; an updated row is another one with each change. Without a key a row is all
 * its values, and rows alike in all of them are counted.
 */
function identify({ trigger, key }: Followed, row: Row): string {
  return fingerprint(trigger === 'new' && key.length > 0 ? key.map(({ name }) => row[name] ?? null) : row)
}

/** The state of now: what is there already is no event. */
export async function present(
  trigger: TriggerState['trigger'],
  database: Database,
  table: Table,
  column: Column,
): Promise<TriggerState> {
  const followed = follow(trigger, database, table, column)
  const name = sql.id(column.name)
  const empty = {
    trigger,
    table: table.name,
    column: column.name,
    after: null,
    seen: [],
    from: null,
  } satisfies TriggerState
  const settled = table.settled ? sql` and ${table.settled}` : sql``
  const { found } = await read(followed, {
    condition: sql<boolean>`${name} is not null${settled}`,
    after: null,
    most: 1,
    direction: 'desc',
  })
  const [newest] = found
  if (!newest) return empty
  const after = textOf(newest.row[column.name])
  const identities: string[] = []
  let greatest: Row | undefined
  await read(followed, {
    condition: sql<boolean>`${name} = ${parameter(followed, column, after)}`,
    after,
    most: mostSeen + 1,
    direction: 'desc',
    // Told apart as they come: together, hundreds of wide rows would fill the memory.
    keep(row) {
      greatest ??= row
      identities.push(identify(followed, row))
      return false
    },
  })
  return remember({ ...empty, after }, followed, identities, greatest)
}

/** What came since `state`. */
export async function poll(
  state: TriggerState,
  database: Database,
  table: Table,
  column: Column,
): Promise<Poll> {
  const followed = follow(state.trigger, database, table, column)
  const reported = counts(state.seen)
  const { found, truncated } = await read(followed, {
    condition: since(state, followed),
    after: state.after,
    most: batchRows + state.seen.length + 1,
    direction: 'asc',
    keep(row) {
      const identity = identify(followed, row)
      const times = reported.get(identity) ?? 0
      reported.set(identity, times - 1)
      return times <= 0
    },
  })
  // Beyond a row that is not settled the order is not final: what is passed there is lost.
  const unsettled = found.findIndex(({ settled }) => !settled)
  const ready = unsettled === -1 ? found : found.slice(0, unsettled)
  const batch = ready.slice(0, batchRows)
  const last = batch.at(-1)
  if (!last) return { rows: [], state, more: false }
  // Whether two values are one is for the database to say: collations take "k1" and "K1" for the same.
  const reached: TriggerState = last.same
    ? state
    : { ...state, after: textOf(last.row[column.name]), seen: [], from: null }
  const rows = batch.map(({ row }) => row)
  const identities = rows.map(row => identify(followed, row))
  return {
    rows,
    state: remember(reached, followed, identities, last.row),
    more: ready.length > batch.length || (truncated && unsettled === -1),
  }
}

function counts(identities: readonly string[]): Map<string, number> {
  const times = new Map<string, number>()
  for (const identity of identities) times.set(identity, (times.get(identity) ?? 0) + 1)
  return times
}

/** What `identities` stand for was reported, `last` the last of it by value and key. */
function remember(
  state: TriggerState,
  { table, column, key }: Followed,
  identities: readonly string[],
  last: Row | undefined,
): TriggerState {
  const seen = [...state.seen, ...identities]
  if (!last || (seen.length <= mostSeen && !state.from)) return { ...state, seen }
  if (key.length === 0)
    throw badRequest(
      `Column "${column.name}" of "${table.name}" cannot be followed: too many rows share one of its values, and without a primary key they cannot be told apart. Give the table a key, or name a column whose values differ.`,
    )
  return { ...state, seen: [], from: key.map(({ name }) => textOf(last[name])) }
}

function since(state: TriggerState, followed: Followed): RawBuilder<boolean> {
  const { column, key } = followed
  const name = sql.id(column.name)
  if (state.after === null) return sql<boolean>`${name} is not null`
  const after = parameter(followed, column, state.after)
  if (!state.from) return sql<boolean>`${name} >= ${after}`
  const from = key.map((part, index) => sql`${parameter(followed, part, state.from?.[index] ?? '')}`)
  return sql<boolean>`(${name} > ${after} or (${name} = ${after} and (${columnList(key)}) > (${sql.join(from)})))`
}

interface Found {
  readonly row: Row
  /** No transaction still under way can precede it. */
  readonly settled: boolean
  /** The database takes its value of the column for `after`. */
  readonly same: boolean
}

interface Reading {
  readonly condition: RawBuilder<boolean>
  readonly after: string | null
  readonly most: number
  readonly direction: 'asc' | 'desc'
  /** False for rows to leave out. */
  readonly keep?: (row: Row) => boolean
}

async function read(
  followed: Followed,
  { condition, after, most, direction, keep = () => true }: Reading,
): Promise<{ found: readonly Found[]; truncated: boolean }> {
  const { database, table, column, key } = followed
  const settled = unusedName(table, 'settled')
  const same = unusedName(table, 'same')
  const orders = [column, ...key.filter(part => part !== column)].map(part => ({ column: part, direction }))
  const equal =
    after === null ? sql`1 = 0` : sql`${sql.id(column.name)} = ${parameter(followed, column, after)}`
  const flag = (truth: RawBuilder<unknown>, name: string) =>
    sql`case when ${truth} then 1 else 0 end as ${sql.id(name)}`
  const query = sql<Row>`
    select ${columnList(table.columns)}, ${flag(table.settled ?? sql`1 = 1`, settled)}, ${flag(equal, same)}
    from ${sql.id(...table.path)} where ${condition}${ordering(orders)} limit ${sql.lit(most)}`
  const split = ({ [settled]: isSettled, [same]: isSame, ...row }: Row): Found => ({
    row,
    settled: isSettled === 1,
    same: isSame === 1,
  })
  const { rows, truncated } = await database.read(query, {
    bytes: batchBytes,
    keep: row => keep(split(row).row),
  })
  return { found: rows.map(split), truncated }
}

/** A name for a result's column that the table has none of. */
function unusedName(table: Table, name: string): string {
  const taken = table.columns.some(column => column.name.toLowerCase() === name)
  return taken ? unusedName(table, `${name}_`) : name
}

function parameter({ database }: Followed, column: Column, text: string): unknown {
  return database.toParameter(column, text)
}

/** Values of the kinds that triggers follow are scalars. */
function textOf(value: Json | undefined): string {
  return String(value)
}
