// Defaults as GraphQL literals, where they fit and where graphql-js can print them back: one that it cannot takes all
// of introspection down, which asks for every default as text (astFromValue knows no bigint and no objects in JSON).
import { isJsonObject, type Json, type JsonObject } from '../../json.ts'
import { isDateTimeText } from '../date-time.ts'
import type { MemberPlan, ScalarName, Shape, TypePlan } from './shape.ts'

/** The literal, or null where the value does not fit the shape or cannot be printed back. */
export function literalOf(value: Json, shape: Shape): string | null {
  switch (shape.kind) {
    case 'scalar':
      return scalarLiteral(value, shape.scalar)
    case 'list': {
      if (!Array.isArray(value)) return literalOf(value, shape.of)
      return joined(
        value.map((item: Json) => literalOf(item, shape.of)),
        '[',
        ']',
      )
    }
    case 'object':
      return isJsonObject(value) ? objectLiteral(value, shape.type) : null
  }
}

function scalarLiteral(value: Json, scalar: ScalarName): string | null {
  switch (scalar) {
    case 'String':
    case 'Upload':
      return typeof value === 'string' ? text(value) : null
    case 'DateTime':
      return typeof value === 'string' && isDateTimeText(value) ? text(value) : null
    case 'Boolean':
      return typeof value === 'boolean' ? String(value) : null
    case 'Int':
      return typeof value === 'number' && (value | 0) === value ? String(value) : null
    case 'BigInt':
      return Number.isSafeInteger(value) ? String(value) : null
    case 'Float':
      return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
    case 'JSON':
      return primitiveLiteral(value)
    case 'File':
      return null
  }
}

function objectLiteral(value: JsonObject, type: TypePlan): string | null {
  const wires = new Set(type.members.map(({ wire }) => wire))
  if (Object.keys(value).some(wire => !wires.has(wire))) return null
  return joined(
    type.members.flatMap(member => memberLiteral(value, member)),
    '{',
    '}',
  )
}

/** Nothing where the member is left out and may be; null where it does not fit. */
function memberLiteral(value: JsonObject, member: MemberPlan): readonly (string | null)[] {
  const { name, wire, shape, schema, required } = member
  const given = Object.hasOwn(value, wire) ? value[wire] : undefined
  if (given === undefined || given === null) return required && schema.default === undefined ? [null] : []
  const literal = literalOf(given, shape)
  return [literal === null ? null : `${name}: ${literal}`]
}

function primitiveLiteral(value: Json): string | null {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null
  return typeof value === 'boolean' ? String(value) : null
}

function joined(parts: readonly (string | null)[], open: string, close: string): string | null {
  return parts.includes(null) ? null : `${open}${parts.join(', ')}${close}`
}

/** A JSON string of well-formed text is a GraphQL string. */
function text(value: string): string | null {
  return value.isWellFormed() ? JSON.stringify(value) : null
}
