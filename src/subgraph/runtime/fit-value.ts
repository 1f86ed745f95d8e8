// What the API answered → what its schema declared, as far as that goes. One odd value never fails its neighbours:
// what cannot be fitted is null, and nothing here throws.
import { type GraphQLOutputType, isListType, isNonNullType, isScalarType } from 'graphql'
import { printJson } from '../../json.ts'
import { ownMember } from './own-member.ts'
import { integerOf } from './scalars.ts'

/** Fits a value to a field's type. Promises are not awaited; members of objects are fitted when they are read. */
export function fitValue(value: unknown, type: GraphQLOutputType): unknown {
  if (value === null || value === undefined) return null
  if (isNonNullType(type)) return fitValue(value, type.ofType)
  if (isListType(type)) return fitList(value, member => fitValue(member, type.ofType))
  if (isScalarType(type)) return scalarFit(type.name)(value)
  return fitObject(value)
}

/** Some APIs leave the list away where there is one item. */
export function fitList(value: unknown, fitItem: Fit): unknown[] | null {
  if (Array.isArray(value)) return value.map(member => fitItem(member))
  const only = fitItem(value)
  return only === null ? null : [only]
}

/** And some put a list around the one that there is. */
export function fitObject(value: unknown): object | null {
  let only = value
  while (Array.isArray(only)) only = only.length === 1 ? only[0] : null
  return typeof only === 'object' ? only : null
}

/** Null and undefined are null; no fit throws. */
export type Fit = (value: unknown) => unknown

const scalarFits: Readonly<Record<string, Fit>> = {
  Int(value) {
    const integer = integerOf(value)
    return typeof integer === 'number' && (integer | 0) === integer ? integer : null
  },
  BigInt: integerOf,
  Float: numberOf,
  Boolean: booleanOf,
  String: textOf,
  ID: textOf,
  DateTime: textOf,
}

/** The fit of a scalar by its name; what no fit is known for passes as it is. */
export function scalarFit(name: string): Fit {
  return ownMember(scalarFits, name) ?? asItIs
}

function asItIs(value: unknown): unknown {
  return value ?? null
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
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return null
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
