// A table's row as a JSON Schema, for `x-ms-dynamic-schema` (connector-format §6.3).
import type { JsonObject } from '../../src/json.ts'
import type { Column, ColumnKind, Table } from './engine.ts'

const shapes: Readonly<Record<ColumnKind, JsonObject>> = {
  integer: { type: 'integer', format: 'int64' },
  decimal: { type: 'number' },
  float: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
  text: { type: 'string' },
  uuid: { type: 'string', format: 'uuid' },
  date: { type: 'string', format: 'date' },
  datetime: { type: 'string', format: 'date-time' },
  binary: { type: 'string', format: 'byte' },
  // Any value.
  json: {},
  other: {},
}

/** `required`: what an insert must give. */
export function rowSchema(table: Table): JsonObject {
  return {
    type: 'object',
    properties: Object.fromEntries(table.columns.map(column => [column.name, property(column)])),
    required: table.columns
      .filter(({ nullable, hasDefault }) => !nullable && !hasDefault)
      .map(({ name }) => name),
  }
}

function property({ kind, dataType, nullable, keyPosition, increments }: Column): JsonObject {
  const remarks = [dataType, keyPosition > 0 ? 'primary key' : '', increments ? 'generated' : '']
  return {
    ...shapes[kind],
    description: remarks.filter(remark => remark !== '').join(', '),
    ...(nullable ? { 'x-nullable': true } : {}),
  }
}
