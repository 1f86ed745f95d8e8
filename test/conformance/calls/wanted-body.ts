// The body that a swagger and a set of arguments ask for (connector-format §2.2).
import type { Json, JsonObject } from '../../../src/json.ts'
import type { DeclaredOperation, DeclaredParameter } from './declared-operation.ts'
import { bodyKind, formKind } from './media-types.ts'
import { objectOf, own } from './package-text.ts'
import { defaultOf, merged, typeOf } from './schema-reading.ts'

export type WantedBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly data: Uint8Array }
  | {
      readonly kind: 'form' | 'multipart'
      readonly fields: readonly (readonly [string, string | Uint8Array])[]
    }

/** A file, or raw bytes by another name (§2.4). */
export function isBytes({ in: place, schema }: DeclaredParameter): boolean {
  return place === 'formData' && isFile(schema)
}

/** Several files under one name, each a part of its own. */
export function isListOfBytes({ in: place, schema }: DeclaredParameter): boolean {
  return place === 'formData' && schema.type === 'array' && isFile(objectOf(schema.items))
}

function isFile({ type, format }: JsonObject): boolean {
  return type === 'file' || format === 'binary'
}

export function textOf(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export function partsOf(value: Json): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)]
}

type Given = readonly { readonly parameter: DeclaredParameter; readonly value: Json }[]

export function wantedForm(operation: DeclaredOperation, given: Given): WantedBody {
  const hasFile = operation.parameters.some(each => isBytes(each) || isListOfBytes(each))
  const fields = given.flatMap(({ parameter, value }): (readonly [string, string | Uint8Array])[] => {
    const { name, schema } = parameter
    if (isBytes(parameter) || isListOfBytes(parameter))
      return [value].flat().map(each => [name, Buffer.from(String(each), 'base64')])
    if (schema.collectionFormat === 'multi') return partsOf(value).map(part => [name, part])
    return [[name, partsOf(value).join(',')]]
  })
  return { kind: formKind(hasFile, operation.consumes), fields }
}

export function wantedBody(
  document: JsonObject,
  operation: DeclaredOperation,
  given: Json | undefined,
): WantedBody {
  if (!operation.body) return { kind: 'none' }
  const { required, schema } = operation.body
  const kind = bodyKind(merged(document, schema), operation.consumes)
  const constants = missing(document, schema)
  // Defaults that do not make a body are none: where it is optional, it is left out.
  const filled =
    required || (constants !== undefined && isWhole(document, schema, constants)) ? constants : undefined
  const value = given === undefined ? filled : withDefaults(document, schema, given)
  if (value === undefined) return required ? { kind: 'json', value: {} } : { kind: 'none' }
  if (kind === 'bytes') return { kind, data: Buffer.from(String(value), 'base64') }
  return kind === 'text' ? { kind, text: String(value) } : { kind, value }
}

/** Required members that were left out have their defaults (§2.2). */
function withDefaults(document: JsonObject, node: Json | undefined, value: Json, depth = 0): Json {
  const schema = merged(document, node)
  if (Array.isArray(value)) return value.map(each => withDefaults(document, schema.items, each, depth + 1))
  if (typeof value !== 'object' || value === null || typeOf(schema) !== 'object') return value
  const filled = new Map<string, Json>(Object.entries(value))
  for (const [name, property] of propertiesOf(schema)) {
    const given = filled.get(name)
    const isRequired = Array.isArray(schema.required) && schema.required.includes(name)
    const wanted =
      given !== undefined
        ? withDefaults(document, property, given, depth + 1)
        : isRequired
          ? missing(document, property, depth + 1)
          : undefined
    if (wanted !== undefined) filled.set(name, wanted)
  }
  return Object.fromEntries(filled)
}

function missing(document: JsonObject, node: Json | undefined, depth = 0): Json | undefined {
  const schema = merged(document, node)
  const fallback = defaultOf(schema)
  if (fallback !== undefined) return fallback
  if (typeOf(schema) !== 'object' || depth > 12) return undefined
  const inner = propertiesOf(schema).flatMap(([name, property]): [string, Json][] => {
    const isRequired = Array.isArray(schema.required) && schema.required.includes(name)
    const value = isRequired ? missing(document, property, depth + 1) : undefined
    return value === undefined ? [] : [[name, value]]
  })
  return inner.length === 0 ? undefined : Object.fromEntries(inner)
}

function isWhole(document: JsonObject, node: Json | undefined, value: Json): boolean {
  const schema = merged(document, node)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true
  const required = Array.isArray(schema.required) ? schema.required : []
  return propertiesOf(schema).every(([name, property]) => {
    const member = own(value, name)
    return member === undefined ? !required.includes(name) : isWhole(document, property, member)
  })
}

function propertiesOf(schema: JsonObject): readonly (readonly [string, Json])[] {
  const { properties } = schema
  return typeof properties === 'object' && properties !== null && !Array.isArray(properties)
    ? Object.entries(properties)
    : []
}
