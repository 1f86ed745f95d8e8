// An operation as its swagger declares it (Swagger 2.0; connector-format §2): what the calls are checked against.
import { isJsonObject, type Json, type JsonObject } from '../../../src/json.ts'
import { followed, listOf, member, own } from './package-text.ts'

export interface DeclaredParameter {
  readonly in: 'path' | 'query' | 'header' | 'formData'
  /** As it is written. Edge spaces do not reach the wire in a query or header (§11). */
  readonly name: string
  readonly required: boolean
  /** The parameter object: type, format, items, enum and bounds stand in it. */
  readonly schema: JsonObject
  /** Times that a path value is percent-encoded; 0: not at all. */
  readonly encodings: 0 | 1 | 2
  /** Sent whatever the caller gives: internal, required and with a default (§2.2). */
  readonly constant: Json | undefined
}

export interface DeclaredOperation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly parameters: readonly DeclaredParameter[]
  readonly body: { readonly required: boolean; readonly schema: JsonObject } | null
  readonly consumes: readonly string[]
  readonly status: number
  readonly response: JsonObject | null
  /** `security: []`: no credential (§3.3). */
  readonly anonymous: boolean
}

/** By operationId. Operations without one are left out: none of the corpus is. */
export function declaredOperations(document: JsonObject): ReadonlyMap<string, DeclaredOperation> {
  const found = Object.entries(member(document, 'paths')).flatMap(([path, item]) =>
    Object.entries(isJsonObject(item) ? item : {}).flatMap(([method, node]) => {
      const id = own(node, 'operationId')
      if (!/^(get|put|post|delete|options|head|patch)$/.test(method) || typeof id !== 'string') return []
      return [[id, declared(document, { id, method: method.toUpperCase(), path }, item, node)] as const]
    }),
  )
  return new Map(found)
}

function declared(
  document: JsonObject,
  known: Pick<DeclaredOperation, 'id' | 'method' | 'path'>,
  item: Json | undefined,
  node: Json | undefined,
): DeclaredOperation {
  const all = [...listOf(own(item, 'parameters')), ...listOf(own(node, 'parameters'))].map(each =>
    followed(document, each),
  )
  const body = all.filter(each => own(each, 'in') === 'body').at(-1)
  const parameters = all.flatMap(each => parameterOf(each))
  const consumes = listOf(own(node, 'consumes'))
  return {
    ...known,
    // Of two of the same name and place the last one counts.
    parameters: [...new Map(parameters.map(each => [`${each.in} ${each.name}`, each])).values()],
    body: body ? { required: own(body, 'required') === true, schema: member(body, 'schema') } : null,
    consumes: (consumes.length > 0 ? consumes : listOf(own(document, 'consumes'))).map(String),
    ...answerOf(document, member(node, 'responses')),
    anonymous: isEmptySecurity(own(node, 'security')),
  }
}

function parameterOf(node: JsonObject): readonly DeclaredParameter[] {
  const { name, in: place } = node
  if (typeof name !== 'string') return []
  if (place !== 'path' && place !== 'query' && place !== 'header' && place !== 'formData') return []
  const required = place === 'path' || node.required === true
  const internal = String(node['x-ms-visibility'] ?? '').toLowerCase() === 'internal'
  return [
    {
      in: place,
      name,
      required,
      schema: node,
      encodings: encodingsOf(node),
      constant: internal && required ? node.default : undefined,
    },
  ]
}

function encodingsOf(node: JsonObject): 0 | 1 | 2 {
  if (node['x-ms-skip-url-encoding'] === true) return 0
  return node['x-ms-url-encoding'] === 'double' ? 2 : 1
}

/** 200, else 201, 202, the lowest other success, `default` (§2.4). */
function answerOf(
  document: JsonObject,
  responses: JsonObject,
): Pick<DeclaredOperation, 'status' | 'response'> {
  const codes = Object.keys(responses)
  const code =
    ['200', '201', '202'].find(each => codes.includes(each)) ??
    codes.filter(each => /^2\d\d$/.test(each)).sort()[0] ??
    codes.find(each => each === 'default')
  const schema = own(followed(document, code === undefined ? undefined : responses[code]), 'schema')
  const status = Number(code)
  return { status: Number.isInteger(status) ? status : 200, response: isJsonObject(schema) ? schema : null }
}

function isEmptySecurity(security: Json | undefined): boolean {
  if (!Array.isArray(security)) return false
  return security.every(each => isJsonObject(each) && Object.keys(each).length === 0)
}
