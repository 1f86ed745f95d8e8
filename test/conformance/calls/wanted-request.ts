// The request that a swagger and a set of arguments ask for, before credential and policies (connector-format §2).
import type { Json, JsonObject } from '../../../src/json.ts'
import type { DeclaredOperation, DeclaredParameter } from './declared-operation.ts'
import { defaultOf, ofType } from './schema-reading.ts'
import { partsOf, type WantedBody, wantedBody, wantedForm } from './wanted-body.ts'

export interface WantedPair {
  readonly name: string
  /** One text, or the elements of a list. */
  readonly parts: readonly string[]
  /** Between the elements on the wire; null for a value that is no list. */
  readonly separator: string | null
}

/** Changed by credential and policies, in this order (§4.2). */
export interface WantedRequest {
  method: string
  /** scheme://host/basePath without a trailing slash. */
  base: string
  /** A template. */
  path: string
  readonly tokens: ReadonlyMap<string, { readonly text: string; readonly encodings: 0 | 1 | 2 }>
  query: WantedPair[]
  /** By lower-case name. */
  readonly headers: Map<string, string>
  /** Settled when the content type is (typed-body.ts). */
  body: WantedBody
}

/** What the caller gives: values by `in name` of the parameter, and the body. */
export interface DrawnArguments {
  readonly parameters: ReadonlyMap<string, Json>
  readonly body: Json | undefined
}

const separators = { csv: ',', ssv: ' ', tsv: '\t', pipes: '|' } as const

export function keyOf(parameter: DeclaredParameter): string {
  return `${parameter.in} ${parameter.name}`
}

export function wantedRequest(
  document: JsonObject,
  operation: DeclaredOperation,
  drawn: DrawnArguments,
): WantedRequest {
  const values = operation.parameters.flatMap(parameter => {
    const value = sentValue(parameter, drawn)
    return value === undefined ? [] : [{ parameter, value }]
  })
  const inPlace = (place: DeclaredParameter['in']) => values.filter(({ parameter }) => parameter.in === place)
  return {
    method: operation.method,
    base: baseOf(document),
    path: operation.path,
    tokens: new Map(
      inPlace('path').map(({ parameter, value }) => [
        parameter.name,
        { text: partsOf(value).join(','), encodings: parameter.encodings },
      ]),
    ),
    query: inPlace('query').flatMap(({ parameter, value }) => pairsOf(parameter, value)),
    headers: new Map(
      inPlace('header').map(({ parameter, value }) => [
        parameter.name.trim().toLowerCase(),
        partsOf(value).join(','),
      ]),
    ),
    body: operation.parameters.some(parameter => parameter.in === 'formData')
      ? wantedForm(operation, inPlace('formData'))
      : wantedBody(document, operation, drawn.body),
  }
}

function sentValue(parameter: DeclaredParameter, drawn: DrawnArguments): Json | undefined {
  if (parameter.constant !== undefined) return ofType(parameter.constant, parameter.schema)
  const given = drawn.parameters.get(keyOf(parameter))
  return given ?? (parameter.required ? defaultOf(parameter.schema) : undefined)
}

/** First scheme, host and base path (§1.2). */
function baseOf(document: JsonObject): string {
  const { schemes, host } = document
  // One file spells it `basepath`.
  const basePath = document.basePath ?? document.basepath
  const scheme = Array.isArray(schemes) && typeof schemes[0] === 'string' ? schemes[0] : 'https'
  return `${scheme}://${String(host)}${typeof basePath === 'string' ? basePath : ''}`.replace(/\/+$/, '')
}

function pairsOf(parameter: DeclaredParameter, value: Json): readonly WantedPair[] {
  const name = parameter.name.trim()
  const parts = partsOf(value)
  if (!Array.isArray(value)) return [{ name, parts, separator: null }]
  const format = parameter.schema.collectionFormat
  if (format === 'multi') return parts.map(part => ({ name, parts: [part], separator: null }))
  const separator = format === 'ssv' || format === 'tsv' || format === 'pipes' ? separators[format] : ','
  return parts.length === 0 ? [] : [{ name, parts, separator }]
}
