// What the driver reads from MySQL and MariaDB as JSON, by column type, and their types as column kinds.
import mysql, { type FieldPacket, type TypedParameterValue } from 'mysql2'
import { type Json, parseJson } from '../../src/json.ts'
import type { Column, ColumnKind } from './engine.ts'
import { readMoment } from './moments.ts'
import { exactDecimal, exactInteger, finite, shortestSingle } from './numbers.ts'
import { type ParameterForms, parameterOf } from './parameters.ts'

// Getters of a CommonJS module: Node finds no named exports in them.
const { TypedParameter, Types } = mysql

const asMoment = (text: string) => text.replace(' ', 'T')

const parsers: Readonly<Record<number, (text: string) => Json>> = {
  [Types.LONGLONG]: exactInteger,
  [Types.DECIMAL]: exactDecimal,
  [Types.NEWDECIMAL]: exactDecimal,
  [Types.DATETIME]: asMoment,
  // The session is at UTC.
  [Types.TIMESTAMP]: text => `${asMoment(text)}Z`,
  [Types.JSON]: parseJson,
}

/** `value` as read with strings for big numbers, decimals, dates and JSON. */
export function fromMysql(value: unknown, field: Pick<FieldPacket, 'columnType' | 'extendedFormat'>): Json {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') {
    const parse = field.extendedFormat === 'json' ? parseJson : parsers[field.columnType ?? -1]
    return parse ? parse(value) : value
  }
  if (typeof value === 'number')
    return finite(field.columnType === Types.FLOAT ? shortestSingle(value) : value)
  if (Buffer.isBuffer(value)) return value.toString('base64')
  return JSON.stringify(value)
}

/** Names in information_schema.columns.data_type. */
const kinds: Readonly<Record<string, ColumnKind>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  year: 'integer',
  decimal: 'decimal',
  float: 'float',
  double: 'float',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  enum: 'text',
  set: 'text',
  uuid: 'uuid',
  date: 'date',
  datetime: 'datetime',
  timestamp: 'datetime',
  binary: 'binary',
  varbinary: 'binary',
  tinyblob: 'binary',
  blob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
  bit: 'binary',
  json: 'json',
}

export function mysqlKind(dataType: string): ColumnKind {
  return kinds[dataType.toLowerCase()] ?? 'other'
}

const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n, unsignedMost: 2n ** 64n - 1n }

export const mysqlForms: ParameterForms = {
  // Text would be compared as a double. Beyond 64 bits the server must refuse it itself.
  integer(value) {
    if (value >= int64.least && value <= int64.most) return TypedParameter.LONGLONG(value)
    return value > 0n && value <= int64.unsignedMost ? TypedParameter.LONGLONG.unsigned(value) : String(value)
  },
  decimal: text => TypedParameter.NEWDECIMAL(text),
  boolean: value => (value ? 1 : 0),
  // The session is at UTC.
  datetime: text => readMoment(text)?.text ?? text,
  list: values => JSON.stringify(values),
  number: String,
}

const toParameter = parameterOf(mysqlForms)

/** A FLOAT is compared as the double that it is: with 0.1 rounded to single precision, not with 0.1. */
export function toMysqlParameter(column: Column, value: Json): unknown {
  const parameter = toParameter(column, value)
  return typeof parameter === 'number' && isSingle(column) ? Math.fround(parameter) : parameter
}

const isSingle = ({ kind, dataType }: Column) =>
  kind === 'float' && dataType.toLowerCase().startsWith('float')

type DriverValue = string | number | null | Buffer | TypedParameterValue

/** Parameters as the driver's types have them. Throws where one is of another type: a mistake of this program. */
export function driverValues(parameters: readonly unknown[]): DriverValue[] {
  return parameters.map(value => {
    if (value === null || typeof value === 'string' || typeof value === 'number') return value
    if (Buffer.isBuffer(value) || isTyped(value)) return value
    throw new TypeError(`A parameter of type ${typeof value} cannot be sent.`)
  })
}

function isTyped(value: unknown): value is TypedParameterValue {
  return typeof value === 'object' && value !== null && 'type' in value && 'unsigned' in value
}
