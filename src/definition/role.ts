// Action, polling trigger or webhook, and what one event of it is (connector-format §5.1).
import { isJsonObject } from '../json.ts'
import type { BodyDefinition, OperationRole, PolicyInstance } from './model.ts'
import { child, isObject, type Node, present, words } from './node.ts'
import { expressionPath, pathsWhere, type SearchBudget, schemaAt } from './property-path.ts'
import { follow, type Reading } from './reading.ts'
import type { SchemaReader } from './schema.ts'
import type { Schema } from './schema-model.ts'
import { readWebhookSecurity } from './webhook-security.ts'

export interface RoleContext {
  readonly reading: Reading
  readonly schemas: SchemaReader
  /** Policies that apply to this operation. */
  readonly policies: readonly PolicyInstance[]
  /** What finding the places of callback URLs may still cost. */
  readonly search: SearchBudget
  /** operationId, for findings. */
  readonly operation: string
}

export interface RoleAndEvent {
  readonly role: OperationRole
  readonly event: Schema | null
}

/** Classifies the operation at `node`; `item` is its path item, which holds the notification's schema. */
export function readRole(
  context: RoleContext,
  item: Node,
  node: Node,
  body: BodyDefinition | null,
  response: Schema | null,
): RoleAndEvent {
  const { schemas } = context
  const trigger = words(child(node, 'x-ms-trigger'))?.toLowerCase()
  const callbackPaths = body === null ? [] : pathsWhere(schemas, body.schema, takesCallback, context.search)
  const onPath = child(item, 'x-ms-notification-content')
  // Its place is the path item (§2.5); on the operation it can mean nothing else.
  const notification = isObject(onPath) ? onPath : child(node, 'x-ms-notification-content')
  const delivers = words(child(node, 'x-junctor-delivers'))?.toLowerCase() === 'request' ? 'request' : 'body'
  const security = present({ security: readWebhookSecurity(context.reading, node) })
  if (callbackPaths.length === 0 && security.security?.secret.from === 'hub')
    context.reading.findings.error(
      'DOCUMENT_INVALID',
      'x-junctor-webhook has a `secretPath`, but no call registers this webhook: let `secret` name a connection parameter.',
      { pointer: node.pointer, operation: context.operation },
    )
  if (callbackPaths.length > 0) {
    return {
      role: { role: 'webhook', callbackPaths, delivers, once: trigger === undefined, ...security },
      event: notificationSchema(context, notification),
    }
  }
  if (trigger === undefined) return { role: { role: 'action' }, event: null }
  const policy = context.policies.find(({ template }) => template === 'pollingtrigger')
  if (policy === undefined && isObject(notification)) {
    // No field takes the callback URL: the provider is told it by hand.
    return {
      role: { role: 'webhook', callbackPaths: [], delivers, once: false, ...security },
      event: notificationSchema(context, notification),
    }
  }
  return polling(context, trigger, policy, response ?? { type: 'any' }, node)
}

function takesCallback(schema: Schema): boolean {
  return schema.notificationUrl === true
}

function notificationSchema({ reading, schemas }: RoleContext, notification: Node): Schema {
  const schema = child(follow(reading, notification), 'schema')
  return schema.value === undefined ? { type: 'any' } : schemas.read(schema, 'root')
}

function polling(
  context: RoleContext,
  trigger: string,
  policy: PolicyInstance | undefined,
  response: Schema,
  node: Node,
): RoleAndEvent {
  const { schemas, reading, operation } = context
  const style = policy === undefined ? 'protocol' : 'policy'
  const single: RoleAndEvent = {
    role: { role: 'polling', style, batch: false, itemsPath: [] },
    event: response,
  }
  if (trigger !== 'batch') return single
  const itemsPath = dataPath(policy) ?? collectionPath(schemas, response)
  if (itemsPath === undefined) {
    const message = 'The batch trigger has no array that could hold its events; each answer is one event.'
    reading.findings.info('SCHEMA_SIMPLIFIED', message, { pointer: node.pointer, operation })
    return single
  }
  const collection = schemaAt(schemas, response, itemsPath)
  const event = collection?.type === 'array' ? collection.items : { type: 'any' as const }
  return { role: { role: 'polling', style, batch: true, itemsPath }, event }
}

function dataPath(policy: PolicyInstance | undefined): readonly string[] | undefined {
  const config = policy?.parameters
  const path =
    config?.triggerDataPath ??
    (isJsonObject(config?.triggerConfig) ? config.triggerConfig.triggerDataPath : undefined)
  return typeof path === 'string' ? (expressionPath(path) ?? undefined) : undefined
}

/** The root where it is an array (or unknown), else its only array, else the array that OData calls `value`. */
function collectionPath(schemas: SchemaReader, response: Schema): readonly string[] | undefined {
  const root = schemas.resolve(response)
  if (root.type === 'array' || root.type === 'any') return []
  if (root.type !== 'object') return undefined
  const arrays = Object.entries(root.properties)
    .filter(([, property]) => schemas.resolve(property).type === 'array')
    .map(([name]) => name)
  const [only, ...others] = arrays
  if (only !== undefined && others.length === 0) return [only]
  return arrays.includes('value') ? ['value'] : undefined
}
