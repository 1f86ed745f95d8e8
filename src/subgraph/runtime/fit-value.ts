// What the API answered → what its schema declared, as far as that goes. One odd value never fails its neighbours:
// what cannot be fitted is null, and nothing here throws.
import { type GraphQLOutputType, isListType, isNonNullType, isScalarType } from 'graphql'
import { printJson } from '../../json.ts'
import { integerOf } from './scalars.ts'

/** Fits a value to a field's type. Promises are not awaited; members of objects are fitted when they are read. */
export function fitValue(value: unknown, type: GraphQLOutputType): unknown {
  if (value === null || value === undefined) return null
  if (isNonNullType(type)) return fitValue(value, type.ofType)
  if (isListType(type)) return fitList(value, type.ofType)
  if (isScalarType(type)) return fitScalar(value, type.name)
  return fitObject(value)
}

/** Some APIs leave the list away where there is one item. */
function fitList(value: unknown, item: GraphQLOutputType): unknown {
  if (Array.isArray(value)) return value.map(member => fitValue(member, item))
  const only = fitValue(value, item)
  return only === null ? null : [only]
}

/** And some put a list around the one that there is. */
function fitObject(value: unknown): unknown {
  let only = value
  while (Array.isArray(only)) only = only.length === 1 ? only[0] : null
  return typeof only === 'object' ? only : null
}

function fitScalar(value: unknown, scalar: string): unknown {
  switch (scalar) {
    case 'Int': {
      const integer = integerOf(value)
      return typeof integer === 'number' && (integer | 0) === integer ? integer : null
    }
    case 'BigInt':
      return integerOf(value)
    case 'Float':
      return numberOf(value)
    case 'Boolean':
      return booleanOf(value)
    case 'String':
    case 'ID':
    case 'DateTime':
      return textOf(value)
    default:
      return value
  }
}

function numberOf(value: unknown): number | null {
  const number =
    typeof value === 'bigint' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  const text = primitiveText(value)?.trim().toLowerCase()
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : null
}

function textOf(value: unknown): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (typeof value !== 'object') return primitiveText(value)
  try {
    return printJson(value)
  } catch {
    // No JSON text: a circle, which no API can have answered.
    return null
  }
}

function primitiveText(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : null
}
