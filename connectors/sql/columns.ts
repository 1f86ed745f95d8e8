// Names of callers, resolved against what the database has: tables, columns, orders and selections.
import { type RawBuilder, sql } from 'kysely'
import type { Column, Database, Table } from './engine.ts'
import { badRequest, listed, notFound } from './problem.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Throws 404 naming the tables there are. */
export async function tableOf(database: Database, name: string): Promise<Table> {
  const table = await database.describe(name)
  if (table) return table
  const names = (await database.tables()).map(known => known.name)
  throw notFound(`There is no table "${name}"; the tables are ${listed(names)}.`)
}

/** Throws 400 naming the columns there are. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find(known => known.name === name)
  if (column) return column
  const names = table.columns.map(known => known.name)
  throw badRequest(`Table "${table.name}" has no column "${name}"; its columns are ${listed(names)}.`)
}

/** Columns of the primary key in its order; none where the table has no key. */
export function keyOf(table: Table): readonly Column[] {
  return table.columns
    .filter(column => column.keyPosition > 0)
    .sort((one, other) => one.keyPosition - other.keyPosition)
}

/** Throws 400 where there is no primary key. */
export function needKey(table: Table): readonly Column[] {
  const key = keyOf(table)
  if (key.length > 0) return key
  throw badRequest(
    `The ${table.kind} "${table.name}" has no primary key, so that its rows cannot be told apart.`,
  )
}

export interface Order {
  readonly column: Column
  readonly direction: 'asc' | 'desc'
}

/** Reads `name desc, id`. Throws 400. */
export function orderOf(table: Table, text: string): Order[] {
  return items('order', text).map(([name, direction, ...rest]) => {
    const word = direction?.type === 'word' ? direction.text.toLowerCase() : 'asc'
    if (name?.type !== 'word' || rest.length > 0 || (word !== 'asc' && word !== 'desc'))
      throw badRequest(`The order must read like "name desc, id", not "${text}".`)
    return { column: columnOf(table, name.text), direction: word }
  })
}

/** Reads `id, name`. Throws 400. */
export function selectionOf(table: Table, text: string): Column[] {
  return items('selection', text).map(([name, ...rest]) => {
    if (name?.type !== 'word' || rest.length > 0)
      throw badRequest(`The selection must read like "id, name", not "${text}".`)
    return columnOf(table, name.text)
  })
}

/** Tokens between commas. */
function items(language: string, text: string): Token[][] {
  const parts: Token[][] = [[]]
  for (const token of tokensOf(language, text)) {
    if (token.type === ',') parts.push([])
    else if (token.type !== 'end') parts.at(-1)?.push(token)
  }
  return parts
}

/** `order by …`, or nothing. */
export function ordering(orders: readonly Order[]): RawBuilder<unknown> {
  if (orders.length === 0) return sql``
  const parts = orders.map(({ column, direction }) =>
    direction === 'asc' ? sql`${sql.id(column.name)} asc` : sql`${sql.id(column.name)} desc`,
  )
  return sql` order by ${sql.join(parts)}`
}

export function columnList(columns: readonly Column[]): RawBuilder<unknown> {
  return sql.join(columns.map(column => sql.id(column.name)))
}
