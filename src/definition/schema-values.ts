// Values inside a schema (defaults, enum members) → values that fit its type. `"true"` on a boolean is meant well;
// `"abc"` on an integer is not to be sent (connector-format §11).
import { isJsonObject, type Json } from '../json.ts'
import { child, elements, type Node, text } from './node.ts'
import type { EnumValue, Schema, StringFormat } from './schema-model.ts'
import { fitsInt32 } from './schema-type.ts'

/** The value as the type wants it, or undefined where it does not fit. Enum members are not looked at. */
export function fitting(
  schema: Schema,
  value: Json,
  named: (ref: string) => Schema | undefined,
): Json | undefined {
  switch (schema.type) {
    case 'any':
      return value
    case 'ref': {
      const target = named(schema.ref)
      return target === undefined || target.type === 'ref' ? undefined : fitting(target, value, named)
    }
    case 'string':
      return asText(value, schema.format)
    case 'boolean':
      return asBoolean(value)
    case 'integer':
      return asInteger(value, schema.format)
    case 'number':
      return asNumber(value)
    case 'array':
      return Array.isArray(value) ? allFitting(schema.items, value, named) : undefined
    case 'object':
      return isJsonObject(value) ? value : undefined
  }
}

function allFitting(
  items: Schema,
  values: readonly Json[],
  named: (ref: string) => Schema | undefined,
): readonly Json[] | undefined {
  const fitted = values.map(value => fitting(items, value, named))
  return fitted.every(value => value !== undefined) ? fitted : undefined
}

/** A default such as `@{addDays(utcNow(), 7)}` is for a designer to evaluate; sent as it is it would be no time. */
function asText(value: Json, format: StringFormat | undefined): string | undefined {
  const written = typeof value === 'string' ? value : scalarText(value)
  const isTime = format !== 'date-time' || written === undefined || !Number.isNaN(Date.parse(written))
  return isTime ? written : undefined
}

function scalarText(value: Json): string | undefined {
  return value === null || typeof value === 'object' ? undefined : String(value)
}

function asBoolean(value: Json): boolean | undefined {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value
  if (word === 'true' || word === 1) return true
  return word === 'false' || word === 0 ? false : undefined
}

function asInteger(value: Json, format: 'int32' | 'int64'): number | bigint | undefined {
  const exact =
    typeof value === 'string' && /^\s*[+-]?\d{1,19}\s*$/.test(value)
      ? BigInt(value.trim().replace(/^\+/, ''))
      : value
  if (typeof exact === 'bigint') {
    const plain = Number.isSafeInteger(Number(exact)) ? Number(exact) : exact
    if (typeof plain === 'number') return asInteger(plain, format)
    return format === 'int64' && BigInt.asIntN(64, plain) === plain ? plain : undefined
  }
  if (typeof exact !== 'number' || !Number.isSafeInteger(exact)) return undefined
  return format === 'int64' || fitsInt32(exact) ? exact : undefined
}

function asNumber(value: Json): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  const plain = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  return Number.isFinite(plain) ? plain : undefined
}

export interface ReadEnum {
  readonly values: readonly EnumValue[]
  /** The enum lists null. */
  readonly nullable: boolean
  /** Members that do not fit the type, as JSON text. */
  readonly misfits: readonly Json[]
}

/**
 * `enum` (or `const`) united with `x-ms-enum-values`, which disagrees with it in some packages (§2.5): each value
 * once, in order, with its label.
 */
export function readEnum(node: Node, schema: Schema): ReadEnum {
  const declared = child(node, 'enum').value ?? only(child(node, 'const').value)
  const labels = elements(child(node, 'x-ms-enum-values')).map(entry => ({
    value: child(entry, 'value').value ?? null,
    title: text(child(entry, 'displayName')),
  }))
  const listed: readonly Json[] = Array.isArray(declared) ? declared : []
  const byValue = new Map<string | number, string | undefined>()
  const misfits: Json[] = []
  for (const value of [...listed, ...labels.map(label => label.value)]) {
    if (value === null) continue
    const fitted = fitting(schema, value, () => undefined)
    if (typeof fitted === 'string' || typeof fitted === 'number') byValue.set(fitted, undefined)
    else misfits.push(value)
  }
  for (const { value, title } of labels) {
    const fitted = value === null ? undefined : fitting(schema, value, () => undefined)
    if (typeof fitted === 'string' || typeof fitted === 'number') byValue.set(fitted, title)
  }
  const values = [...byValue].map(([value, title]) => (title === undefined ? { value } : { value, title }))
  return { values, nullable: listed.includes(null), misfits }
}

function only(value: Json | undefined): readonly Json[] | undefined {
  return value === undefined ? undefined : [value]
}

/** True where the schema takes this value: it has no enum, or the enum lists it. */
export function allows(schema: Schema, value: Json, named: (ref: string) => Schema | undefined): boolean {
  if (schema.type === 'ref') {
    const target = named(schema.ref)
    return target !== undefined && target.type !== 'ref' && allows(target, value, named)
  }
  if (schema.type === 'array' && Array.isArray(value))
    return value.every(each => allows(schema.items, each, named))
  return !('enum' in schema) || schema.enum === undefined || schema.enum.some(each => each.value === value)
}
