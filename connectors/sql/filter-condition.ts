// A filter's tree as an SQL condition: columns by reference, values as parameters.
import { type RawBuilder, sql } from 'kysely'
import type { Json } from '../../src/json.ts'
import { columnOf } from './columns.ts'
import type { Column, Database, Table } from './engine.ts'
import type { Filter, Literal } from './filter.ts'
import { badRequest } from './problem.ts'

const operators = {
  eq: sql`=`,
  ne: sql`<>`,
  gt: sql`>`,
  ge: sql`>=`,
  lt: sql`<`,
  le: sql`<=`,
}

/** Throws 400 for unknown columns, and for values that do not fit theirs. */
export function conditionOf(database: Database, table: Table, filter: Filter): RawBuilder<boolean> {
  const condition = (part: Filter) => conditionOf(database, table, part)
  switch (filter.type) {
    case 'and':
      return sql<boolean>`(${condition(filter.left)} and ${condition(filter.right)})`
    case 'or':
      return sql<boolean>`(${condition(filter.left)} or ${condition(filter.right)})`
    case 'not':
      return sql<boolean>`(not ${condition(filter.operand)})`
    case 'comparison':
      return comparison(database, table, filter)
    case 'match':
      return match(table, filter)
  }
}

function comparison(
  database: Database,
  table: Table,
  { column: name, operator, value }: Extract<Filter, { type: 'comparison' }>,
): RawBuilder<boolean> {
  const column = columnOf(table, name)
  if (value === null) {
    if (operator === 'eq') return sql<boolean>`${sql.id(column.name)} is null`
    if (operator === 'ne') return sql<boolean>`${sql.id(column.name)} is not null`
    throw badRequest(`The filter compares "${name}" ${operator} null; null takes eq and ne only.`)
  }
  const parameter = database.toParameter(column, plain(column, value))
  return sql<boolean>`${sql.id(column.name)} ${operators[operator]} ${parameter}`
}

/** Columns of known kinds read a number's text, with every digit; the others must see that it is a number. */
function plain(column: Column, value: Exclude<Literal, null>): Json {
  if (typeof value !== 'object') return value
  if (column.kind !== 'other') return value.number
  return /^[+-]?\d+$/.test(value.number) ? BigInt(value.number) : Number(value.number)
}

/** `!` escapes, not a backslash: whether that one escapes itself in SQL text depends on MySQL's mode. */
function match(
  table: Table,
  { column: name, how, text }: Extract<Filter, { type: 'match' }>,
): RawBuilder<boolean> {
  const column = columnOf(table, name)
  if (column.kind !== 'text')
    throw badRequest(
      `The filter uses ${how} on "${name}", which holds ${column.dataType}; it works on text only.`,
    )
  const escaped = text.replace(/[!%_]/g, '!$&')
  const pattern = `${how === 'startswith' ? '' : '%'}${escaped}${how === 'endswith' ? '' : '%'}`
  return sql<boolean>`${sql.id(column.name)} like ${pattern} escape '!'`
}
