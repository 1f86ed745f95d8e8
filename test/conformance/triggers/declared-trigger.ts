// A trigger as its swagger and policies declare it (connector-format §5.1): what it is driven by and checked against.
import { isJsonObject, type Json, type JsonObject } from '../../../src/json.ts'
import type { DeclaredOperation } from '../calls/declared-operation.ts'
import { followed, listOf, member, own, type PackageText } from '../calls/package-text.ts'
import { merged } from '../calls/schema-reading.ts'

export interface DeclaredWebhook {
  readonly kind: 'webhook'
  /** Where in the body the callback's URL belongs, by member names. */
  readonly callbackPaths: readonly (readonly string[])[]
  /** Of one delivery; empty where nothing is declared. */
  readonly notification: JsonObject
}

export interface DeclaredPolling {
  /** `policy`: the hub computes what the next poll asks for; `protocol`: the API says so. */
  readonly kind: 'policy' | 'protocol'
  readonly batch: boolean
  /** Where the items of an answer are; empty: the answer is the list, or the one event. */
  readonly itemsPath: readonly string[]
  /** Query parameter → expression on the answer, of a policy. */
  readonly state: Readonly<Record<string, string>>
}

export type DeclaredTrigger = DeclaredWebhook | DeclaredPolling

/** Null for an operation that is no trigger. */
export function declaredTrigger(text: PackageText, operation: DeclaredOperation): DeclaredTrigger | null {
  const { document, properties } = text
  const item = member(member(document, 'paths'), operation.path)
  const node = member(item, operation.method.toLowerCase())
  const sort = own(node, 'x-ms-trigger')
  if (sort === undefined) return null
  const callbackPaths = operation.body ? callbacks(document, operation.body.schema, []) : []
  const content = own(item, 'x-ms-notification-content')
  if (callbackPaths.length > 0 || content !== undefined)
    return { kind: 'webhook', callbackPaths, notification: member(followed(document, content), 'schema') }
  const batch = String(sort).toLowerCase() === 'batch'
  const policy = pollingPolicy(properties, operation.id)
  if (!policy)
    return {
      kind: 'protocol',
      batch,
      itemsPath: batch ? listIn(document, operation.response) : [],
      state: {},
    }
  const dataPath = pathOf(String(own(policy, 'x-ms-apimTemplateParameter.triggerDataPath')))
  return { kind: 'policy', batch, itemsPath: batch ? dataPath : [], state: stateOf(policy) }
}

/** Nested at most so deep (connector-format §5.2 counts four). */
const deepest = 8

function callbacks(
  document: JsonObject,
  node: Json | undefined,
  path: readonly string[],
): readonly (readonly string[])[] {
  if (path.length > deepest) return []
  const schema = merged(document, node)
  if (schema['x-ms-notification-url'] === true || own(node, 'x-ms-notification-url') === true) return [path]
  return Object.entries(member(schema, 'properties')).flatMap(([name, inner]) =>
    callbacks(document, inner, [...path, name]),
  )
}

function pollingPolicy(properties: JsonObject, id: string): JsonObject | null {
  const found = listOf(properties.policyTemplateInstances).find(instance => {
    const names = listOf(own(member(instance, 'parameters'), 'x-ms-apimTemplate-operationName')).map(String)
    return (
      String(own(instance, 'templateId')).toLowerCase() === 'pollingtrigger' &&
      (names.length === 0 || names.some(name => name.toLowerCase() === id.toLowerCase()))
    )
  })
  return found === undefined ? null : member(found, 'parameters')
}

function stateOf(policy: JsonObject): Record<string, string> {
  const config = Object.entries(member(policy, 'x-ms-apimTemplateParameter.triggerConfig'))
  return Object.fromEntries(
    config.flatMap(([name, value]) =>
      name === '' || name.startsWith('x-ms-triggerConfig') ? [] : [[name, String(value)]],
    ),
  )
}

/** `@triggerBody().data[0].id` → its names; an index is a name too. */
export function pathOf(expression: string): readonly string[] {
  const inner = /triggerBody\(\)(.*)/.exec(expression)?.[1] ?? ''
  return inner.split(/[.[\]}]+/).filter(name => name !== '')
}

/** The answer itself, else its only list, else the one that OData calls `value`. */
function listIn(document: JsonObject, response: JsonObject | null): readonly string[] {
  const schema = merged(document, response ?? undefined)
  const lists = Object.entries(member(schema, 'properties')).flatMap(([name, inner]) =>
    merged(document, inner).type === 'array' ? [name] : [],
  )
  if (lists.length === 1) return lists
  return lists.includes('value') ? ['value'] : []
}

/** What lies at a path; undefined where nothing does. */
export function found(value: Json | undefined, path: readonly string[]): Json | undefined {
  const [name, ...rest] = path
  if (name === undefined) return value
  return found(Array.isArray(value) ? value[Number(name)] : own(value, name), rest)
}

/** The value with another at the path; what is not there on the way is made. */
export function placed(value: Json | undefined, path: readonly string[], inner: Json): Json {
  const [name, ...rest] = path
  if (name === undefined) return inner
  if (Array.isArray(value))
    return value.map((each, index) => (index === Number(name) ? placed(each, rest, inner) : each))
  const members = isJsonObject(value) ? value : {}
  return { ...members, [name]: placed(own(members, name), rest, inner) }
}

/** The value without what is at the path. */
export function without(value: Json | undefined, path: readonly string[]): Json | undefined {
  const [name, ...rest] = path
  if (name === undefined || !isJsonObject(value) || !Object.hasOwn(value, name)) return value
  const { [name]: inner, ...others } = value
  const left = rest.length === 0 ? undefined : without(inner, rest)
  return left === undefined ? others : { ...others, [name]: left }
}
