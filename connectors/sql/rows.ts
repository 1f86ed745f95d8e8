// Rows of a table: list, get, insert, update, delete.
import { type RawBuilder, sql } from 'kysely'
import { type Json, type JsonObject, printJson } from '../../src/json.ts'
import { columnList, columnOf, keyOf, ordering, orderOf, selectionOf } from './columns.ts'
import type { Column, Database, ReadLimit, Row, Table } from './engine.ts'
import { parseFilter } from './filter.ts'
import { conditionOf } from './filter-condition.ts'
import { badRequest, notFound } from './problem.ts'
import { atKey, printKey, type RowKey, rowKey } from './row-address.ts'

export interface ListOptions {
  readonly filter?: string
  readonly order?: string
  readonly select?: string
  /** A page ends before its `rows` where it has too many bytes. */
  readonly most: ReadLimit
  readonly skip: number
}

export interface Page {
  readonly rows: readonly Row[]
  readonly more: boolean
}

export async function listRows(database: Database, table: Table, options: ListOptions): Promise<Page> {
  const columns = options.select ? selectionOf(table, options.select) : table.columns
  const where = options.filter
    ? sql` where ${conditionOf(database, table, parseFilter(options.filter))}`
    : sql``
  const wanted = options.order ? orderOf(table, options.order) : []
  // Pages fit together only in an order that leaves no two rows equal.
  const rest = keyOf(table).filter(column => !wanted.some(order => order.column === column))
  const orders = [...wanted, ...rest.map(column => ({ column, direction: 'asc' as const }))]
  const query = sql<Row>`
    select ${columnList(columns)} from ${sql.id(...table.path)}${where}${ordering(orders)}
    limit ${sql.lit(options.most.rows + 1)} offset ${sql.lit(options.skip)}`
  const { rows, truncated } = await database.read(query, { bytes: options.most.bytes })
  return { rows: rows.slice(0, options.most.rows), more: truncated || rows.length > options.most.rows }
}

/** Throws 404 where there is no such row. */
export async function getRow(database: Database, table: Table, key: RowKey): Promise<Row> {
  const row = await findRow(database, table, key)
  if (row) return row
  throw noSuchRow(table, key)
}

async function findRow(database: Database, table: Table, key: RowKey): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select ${columnList(table.columns)} from ${sql.id(...table.path)} where ${atKey(database, key)}`.execute(
    database.kysely,
  )
  return rows[0]
}

function noSuchRow(table: Table, key: RowKey) {
  return notFound(`Table "${table.name}" has no row with ${printKey(key)}.`)
}

/** The row as it now is, with what the database filled in. */
export async function insertRow(database: Database, table: Table, values: JsonObject): Promise<Row> {
  const given = assignments(database, table, values)
  const target = sql`insert into ${sql.id(...table.path)}`
  if (database.returning) {
    const filled =
      given.length === 0
        ? sql`default values`
        : sql`(${columnList(given.map(({ column }) => column))}) values (${parameterList(given)})`
    const { rows } = await sql<Row>`
      ${target} ${filled} returning ${columnList(table.columns)}`.execute(database.kysely)
    return rows[0] ?? values
  }
  const names = given.length === 0 ? sql`` : columnList(given.map(({ column }) => column))
  const list = given.length === 0 ? sql`` : parameterList(given)
  const { insertId } = await sql`${target} (${names}) values (${list})`.execute(database.kysely)
  return readBack(database, table, { ...values, ...generated(table, values, insertId) })
}

/** What an auto-increment column got, where the insert left it open. */
function generated(table: Table, values: JsonObject, insertId: bigint | undefined): JsonObject {
  const column = table.columns.find(({ increments }) => increments)
  return column && insertId && (values[column.name] ?? null) === null ? { [column.name]: insertId } : {}
}

/** The row by its key, for engines that return none; `values` where the key is not among them. */
async function readBack(database: Database, table: Table, values: Row): Promise<Row> {
  const key = keyOf(table).length > 0 ? rowKey(table, values) : null
  return (key && (await findRow(database, table, key))) ?? values
}

/** The row as it now is. Throws 404 where there is no such row. */
export async function updateRow(
  database: Database,
  table: Table,
  key: RowKey,
  values: JsonObject,
): Promise<Row> {
  const given = assignments(database, table, values)
  if (given.length === 0) return getRow(database, table, key)
  const set = sql.join(given.map(({ column, parameter }) => sql`${sql.id(column.name)} = ${parameter}`))
  const update = sql`update ${sql.id(...table.path)} set ${set} where ${atKey(database, key)}`
  if (database.returning) {
    const { rows } = await sql<Row>`${update} returning ${columnList(table.columns)}`.execute(database.kysely)
    if (!rows[0]) throw noSuchRow(table, key)
    return rows[0]
  }
  const { numAffectedRows } = await update.execute(database.kysely)
  if (!numAffectedRows) throw noSuchRow(table, key)
  const before = Object.fromEntries([...key].map(([column, value]) => [column.name, value]))
  return readBack(database, table, { ...before, ...values })
}

/** Throws 404 where there is no such row. */
export async function deleteRow(database: Database, table: Table, key: RowKey): Promise<void> {
  const { numAffectedRows } = await sql`
    delete from ${sql.id(...table.path)} where ${atKey(database, key)}`.execute(database.kysely)
  if (!numAffectedRows) throw noSuchRow(table, key)
}

interface Assignment {
  readonly column: Column
  readonly parameter: unknown
}

function assignments(database: Database, table: Table, values: JsonObject): Assignment[] {
  return Object.entries(values).map(([name, value]) => {
    const column = columnOf(table, name)
    return { column, parameter: database.toParameter(column, value) }
  })
}

function parameterList(given: readonly Assignment[]): RawBuilder<unknown> {
  return sql.join(given.map(({ parameter }) => sql`${parameter}`))
}

/** The object a body must be. Throws 400. */
export function rowValues(body: Json): JsonObject {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as JsonObject
  throw badRequest(`The body must be an object of columns and values, not ${printJson(body).slice(0, 50)}.`)
}
