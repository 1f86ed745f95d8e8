// A row's address: the `id` in paths. One key column: its value. Several: `a=1,b=2`, each value percent-encoded.
import { type RawBuilder, sql } from 'kysely'
import { type Json, printJson } from '../../src/json.ts'
import { needKey } from './columns.ts'
import type { Column, Database, Row, Table } from './engine.ts'
import { badRequest } from './problem.ts'

/** A value for each column of the primary key. */
export type RowKey = ReadonlyMap<Column, Json>

/** Throws 400 where the table has no key or the id does not fit it. */
export function readRowKey(table: Table, id: string): RowKey {
  const key = needKey(table)
  const [only] = key
  if (only && key.length === 1) return new Map([[only, keyValue(only, id)]])
  const form = `The id of a row of "${table.name}" reads like ${key.map(({ name }) => `${name}=value`).join(',')}`
  const given = new Map(id.split(',').map(part => readPart(part, form)))
  const unknown = [...given.keys()].find(name => !key.some(column => column.name === name))
  if (unknown !== undefined) throw badRequest(`${form}; "${unknown}" is not in its key.`)
  return new Map(
    key.map(column => {
      const value = given.get(column.name)
      if (value === undefined) throw badRequest(`${form}; ${column.name} is missing.`)
      return [column, keyValue(column, value)]
    }),
  )
}

/** An address is text; where the column does not say what it holds, a whole number stands for itself. */
function keyValue({ kind }: Column, text: string): Json {
  return kind === 'other' && /^(0|-?[1-9]\d{0,17})$/.test(text) ? BigInt(text) : text
}

function readPart(part: string, form: string): [name: string, value: string] {
  const [name = '', value] = part.split(/=(.*)/s)
  if (value === undefined) throw badRequest(`${form}; "${part}" does not.`)
  try {
    return [decodeURIComponent(name), decodeURIComponent(value)]
  } catch {
    throw badRequest(`${form}; "${part}" is not percent-encoded.`)
  }
}

/** The key of a row that the database returned; null where the row does not hold all of it. */
export function rowKey(table: Table, row: Row): RowKey | null {
  const key = needKey(table)
  const values = key.map(column => [column, row[column.name] ?? null] as const)
  return values.some(([, value]) => value === null) ? null : new Map(values)
}

/** The condition that only this row meets. */
export function atKey(database: Database, key: RowKey): RawBuilder<boolean> {
  const parts = [...key].map(
    ([column, value]) => sql`${sql.id(column.name)} = ${database.toParameter(column, value)}`,
  )
  return sql<boolean>`${sql.join(parts, sql` and `)}`
}

/** How a key reads in a sentence. */
export function printKey(key: RowKey): string {
  return [...key]
    .map(([column, value]) => `${column.name} ${typeof value === 'string' ? value : printJson(value)}`)
    .join(', ')
}
