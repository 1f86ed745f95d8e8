// One operation of the document → OperationDefinition.
import type { HttpMethod, OperationDefinition, PolicyInstance } from './model.ts'
import { child, elements, flag, isObject, keysOf, present, words } from './node.ts'
import { readNotification } from './notification.ts'
import type { NamedOperation, OperationNames } from './operation-names.ts'
import { policiesOf } from './policy.ts'
import type { SearchBudget } from './property-path.ts'
import type { Reading } from './reading.ts'
import { readRequest } from './request.ts'
import { readNextLink, readResponse } from './response.ts'
import { readRole } from './role.ts'
import type { SchemaReader } from './schema.ts'
import { visibility } from './schema-display.ts'
import type { Servers } from './server.ts'

export interface OperationContext {
  readonly reading: Reading
  readonly names: OperationNames
  readonly schemas: SchemaReader
  readonly policies: readonly PolicyInstance[]
  readonly servers: Servers
  readonly scripted: (id: string) => boolean
  readonly search: SearchBudget
}

const methods: Readonly<Record<string, HttpMethod>> = {
  get: 'GET',
  head: 'HEAD',
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  options: 'OPTIONS',
}

/** Reads the operation, or tells with OPERATION_SKIPPED why it cannot be called. */
export function readOperation(
  context: OperationContext,
  named: NamedOperation,
): OperationDefinition | undefined {
  const { reading, names, schemas } = context
  const { id, node, item } = named
  const skipped = (why: string) => {
    reading.findings.warning('OPERATION_SKIPPED', why, { pointer: node.pointer, operation: id })
    return undefined
  }
  const method = methods[named.method]
  if (method === undefined) return skipped(`${named.method.toUpperCase()} operations cannot be called.`)
  if (named.notifies) return readNotification(context, named, method)
  const baseUrl = context.servers.of(named)

  const request = readRequest({ reading, names, schemas, operation: id }, named.path, item, node)
  const response = readResponse({ reading, schemas, method: named.method, operation: id }, node)
  const policies = policiesOf(context.policies, id)
  const { role, event } = readRole(
    { reading, schemas, policies, search: context.search, operation: id },
    item,
    node,
    request.body,
    response,
  )
  return {
    id,
    method,
    path: named.path.startsWith('/') ? named.path : `/${named.path}`,
    ...present({ baseUrl }),
    role,
    safe: method === 'GET' || method === 'HEAD' || flag(child(node, 'x-ms-safe-operation')) === true,
    ...present({
      summary: words(child(node, 'summary')),
      description: words(child(node, 'description')),
      hint: words(child(node, 'x-ms-trigger-hint')),
    }),
    deprecated: flag(child(node, 'deprecated')) === true,
    visibility: visibility(node) ?? 'normal',
    ...request,
    response,
    event,
    nextLink: readNextLink(schemas, node, response),
    anonymous: isAnonymous(named),
    scripted: context.scripted(id),
    pointer: node.pointer,
  }
}

/** `security: []` or `[{}]` on the operation itself; on the document it says nothing (connector-format §3.3). */
function isAnonymous({ node }: NamedOperation): boolean {
  const security = child(node, 'security')
  return (
    Array.isArray(security.value) &&
    elements(security).every(each => isObject(each) && keysOf(each).length === 0)
  )
}
