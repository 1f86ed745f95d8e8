// SQLite's values and types as JSON and column kinds. A column's declared type is only advice: https://sqlite.org/datatype3.html
import type { SQLOutputValue } from 'node:sqlite'
import type { Json } from '../../src/json.ts'
import type { ColumnKind } from './engine.ts'
import { finite } from './numbers.ts'
import { type ParameterForms, parameterOf } from './parameters.ts'
import { badRequest } from './problem.ts'

/** Words in a declared type, the first that occurs decides. */
const kinds: readonly (readonly [RegExp, ColumnKind])[] = [
  [/bool/, 'boolean'],
  [/int/, 'integer'],
  [/dec|numeric|money/, 'decimal'],
  [/real|floa|doub/, 'float'],
  [/datetime|timestamp/, 'datetime'],
  [/^date/, 'date'],
  [/blob/, 'binary'],
  [/uuid/, 'uuid'],
  [/char|clob|text/, 'text'],
]

export function sqliteKind(declared: string | null): ColumnKind {
  const type = (declared ?? '').toLowerCase()
  return kinds.find(([word]) => word.test(type))?.[1] ?? 'other'
}

/** `declared`: the type of the column the value comes from; null for an expression. */
export function fromSqlite(value: SQLOutputValue, declared: string | null): Json {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'number') return finite(value)
  if (typeof value === 'bigint') {
    if (sqliteKind(declared) === 'boolean') return value !== 0n
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
  return Buffer.from(value).toString('base64')
}

export const sqliteForms: ParameterForms = {
  integer(value) {
    if (BigInt.asIntN(64, value) === value) return value
    throw badRequest(`${value} is beyond the 64 bits of SQLite's integers.`)
  },
  // A decimal that is no double is kept as text; SQLite has no exact decimals.
  decimal: text => Number(text),
  boolean: value => (value ? 1 : 0),
  datetime: text => text,
  list: values => JSON.stringify(values),
  // Columns without a type, those of expressions too, hold and compare values as they are: 5 is not '5'.
  number: value => (typeof value === 'bigint' ? sqliteForms.integer(value) : value),
}

export const toSqliteParameter = parameterOf(sqliteForms)
