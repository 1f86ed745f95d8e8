// JSON values on their way into a database: checked against the column, then in the engine's own form.
import { type Json, printJson } from '../../src/json.ts'
import type { Column } from './engine.ts'
import { badRequest } from './problem.ts'

/** How a driver wants what JSON has no type for. */
export interface ParameterForms {
  integer(value: bigint): unknown
  /** Plain decimal notation. */
  decimal(text: string): unknown
  boolean(value: boolean): unknown
  /** ISO 8601, or what the caller wrote. */
  datetime(text: string): unknown
  /** For columns of the database's own types. */
  list(values: readonly Json[]): unknown
  number(value: number | bigint): unknown
}

/** Builds Database.toParameter. */
export function parameterOf(forms: ParameterForms): (column: Column, value: Json) => unknown {
  return (column, value) => {
    if (value === null) return null
    const convert = converters[column.kind]
    const converted = convert(value, forms)
    if (converted === undefined)
      throw badRequest(
        `${printJson(value).slice(0, 100)} does not fit column "${column.name}" of type ${column.dataType}.`,
      )
    return converted
  }
}

type Converter = (value: Exclude<Json, null>, forms: ParameterForms) => unknown

const numeric = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

const text: Converter = value => (typeof value === 'object' ? printJson(value) : String(value))

/** One for each kind; undefined: the value does not fit. */
const converters: Readonly<Record<Column['kind'], Converter>> = {
  integer(value, { integer }) {
    if (typeof value === 'boolean') return integer(value ? 1n : 0n)
    return isScalar(value) && /^[+-]?\d+$/.test(String(value)) ? integer(BigInt(value)) : undefined
  },
  decimal: (value, { decimal }) =>
    isScalar(value) && numeric.test(String(value)) ? decimal(String(value)) : undefined,
  float: (value, forms) =>
    isScalar(value) && numeric.test(String(value)) ? Number(value) : text(value, forms),
  boolean(value, { boolean }) {
    const known: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false }
    const found = known[String(value)]
    return found === undefined ? undefined : boolean(found)
  },
  text,
  uuid: text,
  date: text,
  datetime: (value, { datetime }) => (typeof value === 'string' ? datetime(value) : undefined),
  binary: value =>
    typeof value === 'string' && /^[\w+/-]*={0,2}$/.test(value) ? Buffer.from(value, 'base64') : undefined,
  json: value => printJson(value),
  other(value, forms) {
    if (Array.isArray(value)) return forms.list(value)
    if (typeof value === 'bigint') return forms.number(value)
    // A whole number is an integer, as SQL reads it.
    if (typeof value === 'number') return forms.number(Number.isSafeInteger(value) ? BigInt(value) : value)
    return text(value, forms)
  },
}

function isScalar(value: Json): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
}

/** A parameter of a free query, where no column says what it is. */
export function freeParameter(value: Json, forms: Pick<ParameterForms, 'integer' | 'boolean'>): unknown {
  if (typeof value === 'bigint') return forms.integer(value)
  if (typeof value === 'number' && Number.isSafeInteger(value)) return forms.integer(BigInt(value))
  if (typeof value === 'boolean') return forms.boolean(value)
  return typeof value === 'object' && value !== null ? printJson(value) : value
}
