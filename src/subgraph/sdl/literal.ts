// Defaults as GraphQL literals, where they fit: a default that does not is a fault that kills all of introspection.
import { isJsonObject, type Json, type JsonObject } from '../../json.ts'
import type { MemberPlan, ScalarName, Shape, TypePlan } from '../plan/shape.ts'
import { isDateTimeText } from '../runtime/date-time.ts'

/** The literal, or null where the value does not fit the shape or has no literal form. */
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
      return typeof value === 'string' ? text(value) : null
    case 'DateTime':
      return typeof value === 'string' && isDateTimeText(value) ? text(value) : null
    case 'Boolean':
      return typeof value === 'boolean' ? String(value) : null
    case 'Int':
      return typeof value === 'number' && (value | 0) === value ? String(value) : null
    case 'BigInt':
      return typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : null
    case 'Float':
      return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
    case 'JSON':
      return jsonLiteral(value)
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
function memberLiteral(
  value: JsonObject,
  { name, wire, shape, required }: MemberPlan,
): readonly (string | null)[] {
  const member = Object.hasOwn(value, wire) ? value[wire] : undefined
  if (member === undefined || member === null) return required ? [null] : []
  const literal = literalOf(member, shape)
  return [literal === null ? null : `${name}: ${literal}`]
}

const literalName = /^[A-Za-z_][A-Za-z0-9_]*$/

function jsonLiteral(value: Json): string | null {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return joined(value.map(jsonLiteral), '[', ']')
  if (!isJsonObject(value)) return String(value)
  return joined(
    Object.entries(value).map(([name, member]) => {
      const literal = literalName.test(name) ? jsonLiteral(member) : null
      return literal === null ? null : `${name}: ${literal}`
    }),
    '{',
    '}',
  )
}

function joined(parts: readonly (string | null)[], open: string, close: string): string | null {
  return parts.includes(null) ? null : `${open}${parts.join(', ')}${close}`
}

/** A JSON string of well-formed text is a GraphQL string. */
function text(value: string): string | null {
  return value.isWellFormed() ? JSON.stringify(value) : null
}
