// PostgreSQL's text output as JSON, by type OID (pg_type.dat in PostgreSQL's source), and its types as column kinds.
import pg from 'pg'
import { type Json, parseJson } from '../../src/json.ts'
import type { ColumnKind } from './engine.ts'
import { readMoment } from './moments.ts'
import { exactDecimal, exactInteger, finite } from './numbers.ts'
import { type ParameterForms, parameterOf } from './parameters.ts'

const asText = (text: string): Json => text
const integer = (text: string): Json => exactInteger(text)
const float = (text: string): Json => (Number.isNaN(Number(text)) ? text : finite(Number(text)))
/** `2026-01-01 10:00:00+00` in a session at UTC. */
const timestamp = (text: string): Json => text.replace(' ', 'T').replace(/\+00$/, 'Z')

const parsers: Readonly<Record<number, (text: string) => Json>> = {
  16: text => text === 't',
  17: text => Buffer.from(text.slice(2), 'hex').toString('base64'),
  20: integer,
  21: integer,
  23: integer,
  26: integer,
  114: parseJson,
  700: float,
  701: float,
  1114: timestamp,
  1184: timestamp,
  1700: exactDecimal,
  3802: parseJson,
}

/** Arrays of text, numbers and booleans that the driver reads without loss; others stay text. */
const plainArrays = new Set([1000, 1005, 1007, 1009, 1014, 1015, 1021, 1022, 2951])

export const postgresTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number) =>
    plainArrays.has(oid) ? pg.types.getTypeParser(oid, 'text') : (parsers[oid] ?? asText),
}

const kinds: Readonly<Record<string, ColumnKind>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  oid: 'integer',
  numeric: 'decimal',
  float4: 'float',
  float8: 'float',
  bool: 'boolean',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  name: 'text',
  citext: 'text',
  uuid: 'uuid',
  date: 'date',
  timestamp: 'datetime',
  timestamptz: 'datetime',
  bytea: 'binary',
  json: 'json',
  jsonb: 'json',
}

/** `type`: pg_type.typname of the column, or of what a domain stands for. */
export function postgresKind(type: string): ColumnKind {
  return kinds[type] ?? 'other'
}

export const postgresForms: ParameterForms = {
  integer: String,
  decimal: text => text,
  boolean: value => value,
  // A column without a time zone drops the offset; after Z that changes nothing.
  datetime(text) {
    const moment = readMoment(text)
    return moment?.hasOffset ? `${moment.text}Z` : text
  },
  list: values => values,
  number: String,
}

export const toPostgresParameter = parameterOf(postgresForms)
