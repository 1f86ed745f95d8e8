// New and updated rows, poll by poll (connector-format §5.4). A poll reads from the greatest value reported so far,
// that value included: rows that share it may come later. The state knows which of them were reported.
import { type RawBuilder, sql } from 'kysely'
import type { Json } from '../../src/json.ts'
import { columnList, keyOf, needKey, ordering } from './columns.ts'
import type { Column, Database, Row, Table } from './engine.ts'
import { fingerprint, mostSeen, type TriggerState } from './trigger-state.ts'

export interface Poll {
  /** Oldest first. */
  readonly rows: readonly Row[]
  readonly state: TriggerState
  /** More rows are there already. */
  readonly more: boolean
}

const batch = 100

interface Followed {
  readonly database: Database
  readonly table: Table
  readonly column: Column
  /** Orders the rows that share a value of the column. */
  readonly key: readonly Column[]
  /** A new row is new once, however it changes; an updated row is another one with each change. */
  readonly identify: (row: Row) => string
}

function follow(
  trigger: TriggerState['trigger'],
  database: Database,
  table: Table,
  column: Column,
): Followed {
  const key = trigger === 'updated' ? needKey(table) : keyOf(table)
  const identity = key.length > 0 ? key : [column]
  return {
    database,
    table,
    column,
    key: identity,
    identify:
      trigger === 'updated'
        ? row => fingerprint(row)
        : row => fingerprint(identity.map(({ name }) => row[name] ?? null)),
  }
}

/** The state of now: what is there already is no event. */
export async function present(
  trigger: TriggerState['trigger'],
  database: Database,
  table: Table,
  column: Column,
): Promise<TriggerState> {
  const followed = follow(trigger, database, table, column)
  const empty: TriggerState = {
    trigger,
    table: table.name,
    column: column.name,
    after: null,
    seen: [],
    from: null,
  }
  const [newest] = await read(followed, sql<boolean>`${sql.id(column.name)} is not null`, {
    most: 1,
    direction: 'desc',
  })
  if (!newest) return empty
  const after = textOf(newest[column.name])
  const equal = sql<boolean>`${sql.id(column.name)} = ${parameter(followed, column, after)}`
  // In descending order the last key comes first: where there are too many rows to remember, it stands for them.
  const rows = await read(followed, equal, { most: mostSeen + 1, direction: 'desc' })
  return remember({ ...empty, after }, followed, rows.toReversed())
}

/** What came since `state`. */
export async function poll(
  state: TriggerState,
  database: Database,
  table: Table,
  column: Column,
): Promise<Poll> {
  const followed = follow(state.trigger, database, table, column)
  const seen = new Set(state.seen)
  const found = await read(followed, since(state, followed), {
    most: batch + seen.size + 1,
    direction: 'asc',
  })
  const fresh = found.filter(
    row => textOf(row[column.name]) !== state.after || !seen.has(followed.identify(row)),
  )
  const rows = fresh.slice(0, batch)
  const last = rows.at(-1)
  if (!last) return { rows, state, more: false }
  const after = textOf(last[column.name])
  const reached: TriggerState = after === state.after ? state : { ...state, after, seen: [], from: null }
  const atBoundary = rows.filter(row => textOf(row[column.name]) === after)
  return { rows, state: remember(reached, followed, atBoundary), more: fresh.length > batch }
}

/** `rows`, in the order of their keys, were reported at the state's value. */
function remember(state: TriggerState, followed: Followed, rows: readonly Row[]): TriggerState {
  const seen = [...state.seen, ...rows.map(followed.identify)]
  const last = rows.at(-1)
  if (!last || (seen.length <= mostSeen && !state.from)) return { ...state, seen }
  return { ...state, seen: [], from: followed.key.map(({ name }) => textOf(last[name])) }
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

async function read(
  { database, table, column, key }: Followed,
  condition: RawBuilder<boolean>,
  { most, direction }: { most: number; direction: 'asc' | 'desc' },
): Promise<readonly Row[]> {
  const settled = table.settled ? sql` and ${table.settled}` : sql``
  const columns = [column, ...key.filter(part => part !== column)]
  const orders = columns.map(part => ({ column: part, direction }))
  const { rows } = await sql<Row>`
    select ${columnList(table.columns)} from ${sql.id(...table.path)}
    where ${condition}${settled}${ordering(orders)} limit ${sql.lit(most)}`.execute(database.kysely)
  return rows
}

function parameter({ database }: Followed, column: Column, text: string): unknown {
  return database.toParameter(column, text)
}

/** Values of the kinds that triggers follow are scalars. */
function textOf(value: Json | undefined): string {
  return String(value)
}
