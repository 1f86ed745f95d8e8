// What a schema says its type is → one of the model's types. Types are spelled in many ways that nobody meant.
import { isJsonObject } from '../json.ts'
import { child, isObject, type Node, number, text, textList } from './node.ts'
import type { StringFormat } from './schema-model.ts'

export type TypeName = 'any' | 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'

export interface DeclaredType {
  readonly type: TypeName
  readonly nullable: boolean
  /** What could not be carried over, as a sentence. */
  readonly problem?: string
}

const typeNames: Readonly<Record<string, TypeName>> = {
  any: 'any',
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  array: 'array',
  object: 'object',
  null: 'any',
  file: 'string',
}

/** Words that are no types but leave no doubt. */
const misspelled: Readonly<Record<string, TypeName>> = {
  int: 'integer',
  int32: 'integer',
  int64: 'integer',
  long: 'integer',
  float: 'number',
  double: 'number',
  decimal: 'number',
  bool: 'boolean',
  str: 'string',
  text: 'string',
  date: 'string',
  'date-time': 'string',
  datetime: 'string',
  uuid: 'string',
  list: 'array',
  map: 'object',
  dict: 'object',
}

/** Reads `type`, or infers it from the keywords that only one type has. */
export function declaredType(node: Node): DeclaredType {
  const declared = child(node, 'type')
  if (declared.value === undefined) return { type: inferred(node), nullable: false }
  const names = textList(declared).map(name => name.toLowerCase())
  const nullable = Array.isArray(declared.value) && names.includes('null')
  const [name, ...more] = Array.isArray(declared.value) ? names.filter(each => each !== 'null') : names
  if (more.length > 0) {
    return { type: 'any', nullable, problem: `A choice of types (${names.join(', ')}) was read as any JSON.` }
  }
  if (name === undefined) return { type: inferred(node), nullable }
  if (Object.hasOwn(typeNames, name)) return { type: typeNames[name] ?? 'any', nullable }
  const meant = Object.hasOwn(misspelled, name) ? misspelled[name] : undefined
  return {
    type: meant ?? 'any',
    nullable,
    problem: `The type "${name.slice(0, 40)}" does not exist and was read as ${meant ?? 'any JSON'}.`,
  }
}

function inferred(node: Node): TypeName {
  if (isObject(child(node, 'properties')) || isObject(child(node, 'additionalProperties'))) return 'object'
  if (isObject(child(node, 'items'))) return 'array'
  const values = child(node, 'enum').value ?? child(node, 'const').value
  if (Array.isArray(values) && values.length > 0) {
    if (values.every(value => typeof value === 'string')) return 'string'
    if (values.every(value => typeof value === 'number'))
      return values.every(Number.isInteger) ? 'integer' : 'number'
  }
  if (typeof values === 'string') return 'string'
  return stringFormat(text(child(node, 'format'))) === undefined ? 'any' : 'string'
}

const stringFormats: Readonly<Record<string, StringFormat>> = {
  'date-time': 'date-time',
  datetime: 'date-time',
  date: 'date',
  byte: 'byte',
  base64: 'byte',
  binary: 'binary',
  uuid: 'uuid',
  guid: 'uuid',
  uri: 'uri',
  url: 'uri',
  email: 'email',
  password: 'password',
}

/** The format, whatever its case; unknown ones are as good as none (connector-format §2.4). */
export function stringFormat(format: string | undefined): StringFormat | undefined {
  const name = format?.trim().toLowerCase() ?? ''
  return Object.hasOwn(stringFormats, name) ? stringFormats[name] : undefined
}

const int32Max = 2 ** 31 - 1

/**
 * int32 only where the document says so, by format or by a maximum. A bare `integer` is carried as int64: JSON APIs
 * put ids and millisecond times there, and GraphQL's Int fails the field beyond 2^31 (GraphQL spec §3.5.1), while a
 * 64-bit scalar carries small numbers as well.
 */
export function integerFormat(node: Node): 'int32' | 'int64' {
  const format = text(child(node, 'format'))?.trim().toLowerCase()
  if (format === 'int32') return 'int32'
  if (format === 'int64' || format === 'long') return 'int64'
  const maximum = number(child(node, 'maximum'))
  const minimum = number(child(node, 'minimum'))
  if (maximum !== undefined) return maximum <= int32Max && (minimum ?? 0) >= -int32Max - 1 ? 'int32' : 'int64'
  const values = child(node, 'enum').value
  return Array.isArray(values) && values.length > 0 && values.every(fitsInt32) ? 'int32' : 'int64'
}

export function fitsInt32(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) <= int32Max && Number(value) >= -int32Max - 1
}

/** Raw bytes: `type: file`, or a string of format binary, or a string of another content type (OpenAPI 3.1). */
export function isBinary(node: Node): boolean {
  if (!isJsonObject(node.value)) return false
  const type = text(child(node, 'type'))?.toLowerCase()
  if (type === 'file') return true
  if (type !== undefined && type !== 'string') return false
  if (stringFormat(text(child(node, 'format'))) === 'binary') return true
  // OpenAPI 3.1 says it with JSON Schema's content keywords instead.
  const media = text(child(node, 'contentMediaType'))
  return type === 'string' && media !== undefined && child(node, 'contentEncoding').value === undefined
}
