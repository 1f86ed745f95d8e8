// What a swagger schema says, however it says it: references followed, `allOf` put together, values of the right type.
import type { Json, JsonObject } from '../../../src/json.ts'
import { followed, listOf, member } from './package-text.ts'

export function typeOf(schema: JsonObject): string | undefined {
  if (typeof schema.type === 'string' && schema.type !== 'null') return schema.type
  if (schema.properties !== undefined || schema.additionalProperties !== undefined) return 'object'
  return schema.items === undefined ? undefined : 'array'
}

/** References followed and `allOf` put together. */
export function merged(document: JsonObject, node: Json | undefined, hops = 10): JsonObject {
  const schema = followed(document, node)
  const parts = listOf(schema.allOf)
  if (parts.length === 0 || hops === 0) return schema
  const all = [...parts.map(part => merged(document, part, hops - 1)), schema]
  return {
    ...Object.assign({}, ...all),
    properties: Object.assign({}, ...all.map(part => member(part, 'properties'))),
    required: all.flatMap(part => listOf(part.required)),
  }
}

/** Undefined for a default that is none: a designer's expression where a time is wanted. */
export function defaultOf(schema: JsonObject): Json | undefined {
  const { default: value } = schema
  if (value === undefined || value === null) return undefined
  if (schema.format === 'date-time' && Number.isNaN(Date.parse(String(value)))) return undefined
  return ofType(value, schema)
}

/** Enumerations of booleans and numbers are often written as text. */
export function ofType(value: Json, schema: JsonObject): Json {
  const type = typeOf(schema)
  if (type === 'string') return typeof value === 'object' ? value : String(value)
  if (typeof value !== 'string') return value
  if (type === 'boolean') return value.toLowerCase() === 'true'
  return (type === 'integer' || type === 'number') && value.trim() !== '' ? Number(value) : value
}
