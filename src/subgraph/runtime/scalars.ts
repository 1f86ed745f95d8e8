// The scalars that every slice shares. Integers stay exact: what `serialize` gives may hold a bigint, so a response is
// printed with printJson (json.ts), never with JSON.stringify.
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { isJsonObject } from '../../json.ts'
import { isUploadedFile } from '../../uploaded-file.ts'
import { isDateTimeText } from '../date-time.ts'

const dateTime = new GraphQLScalarType<unknown, string>({
  name: 'DateTime',
  description: 'A date and time, ISO 8601 where the API keeps to it; other formats pass as they are.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize(value) {
    if (value instanceof Date) return value.toISOString()
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'bigint') return String(value)
    throw new GraphQLError('A DateTime must be text.')
  },
  parseValue: toDateTime,
  parseLiteral: node => toDateTime(node.kind === Kind.STRING ? node.value : null),
})

const json = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value.',
  serialize: value => value,
  parseValue: value => value,
  parseLiteral: (node, variables) => jsonOf(node, variables),
})

const bigInt = new GraphQLScalarType<number | bigint, number | bigint>({
  name: 'BigInt',
  description: 'An integer of any size, exact. Written as a number; text of digits is accepted as well.',
  serialize: toInteger,
  parseValue: toInteger,
  parseLiteral: node => toInteger(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : null),
})

const upload = new GraphQLScalarType<unknown, unknown>({
  name: 'Upload',
  description: 'Bytes that an API takes: a file of a multipart request, or base64.',
  serialize: value => value,
  parseValue: toUpload,
  parseLiteral: node => toUpload(node.kind === Kind.STRING ? node.value : null),
})

export const scalars = { DateTime: dateTime, JSON: json, BigInt: bigInt, Upload: upload } as const

/** The cost of reading digits grows with their square; no API counts this far. */
const integerText = /^\s*[+-]?\d{1,1000}\s*$/

/** A number where it is exact, a bigint beyond; null where the value is no integer. */
export function integerOf(value: unknown): number | bigint | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : wholeFloat(value)
  if (typeof value === 'bigint') return narrow(value)
  if (typeof value === 'string' && integerText.test(value))
    return narrow(BigInt(value.trim().replace('+', '')))
  return null
}

function wholeFloat(value: number): bigint | null {
  return Number.isInteger(value) ? BigInt(value) : null
}

function narrow(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function toInteger(value: unknown): number | bigint {
  const integer = integerOf(value)
  if (integer === null) throw new GraphQLError('A BigInt must be an integer, written as a number or as text.')
  return integer
}

function toDateTime(value: unknown): string {
  if (typeof value === 'string' && isDateTimeText(value)) return value
  throw new GraphQLError('A DateTime must be text such as "2030-01-31T12:00:00Z".')
}

/** Whether text is base64 is for the call to say: what is base64 inside JSON goes out as it came. */
function toUpload(value: unknown): unknown {
  if (typeof value === 'string' || isUploadedFile(value)) return value
  if (isJsonObject(value) && typeof value.$content === 'string') return value
  throw new GraphQLError(
    'An Upload must be a file of a multipart request, base64 text, or an object with "$content-type" and base64 "$content".',
  )
}

function jsonOf(node: ValueNode, variables: Readonly<Record<string, unknown>> | null | undefined): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null
    case Kind.INT:
      return integerOf(node.value)
    case Kind.FLOAT:
      return Number(node.value)
    case Kind.LIST:
      return node.values.map(item => jsonOf(item, variables))
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, jsonOf(value, variables)]))
    case Kind.VARIABLE:
      return variables?.[node.name.value] ?? null
    default:
      return node.value
  }
}
