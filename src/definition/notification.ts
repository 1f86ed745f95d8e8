// A request that the API makes by itself: `webhooks` of OpenAPI 3.1, and `x-webhooks` as it was written before. It
// becomes a trigger that no call registers: the provider is told the URL by hand.
import { isJson } from './media-type.ts'
import type { HttpMethod, OperationDefinition } from './model.ts'
import { child, flag, keysOf, present, words } from './node.ts'
import type { NamedOperation } from './operation-names.ts'
import { follow, type Reading } from './reading.ts'
import type { SchemaReader } from './schema.ts'
import { visibility } from './schema-display.ts'
import type { Schema } from './schema-model.ts'
import { readWebhookSecurity } from './webhook-security.ts'

/** Reads the webhook; what the API would be answered concerns the receiver alone. */
export function readNotification(
  { reading, schemas }: { readonly reading: Reading; readonly schemas: SchemaReader },
  { id, node }: NamedOperation,
  method: HttpMethod,
): OperationDefinition {
  return {
    id,
    method,
    path: '/',
    role: {
      role: 'webhook',
      callbackPaths: [],
      delivers: 'body',
      once: false,
      ...present({ security: readWebhookSecurity(reading, node) }),
    },
    safe: false,
    ...present({ summary: words(child(node, 'summary')), description: words(child(node, 'description')) }),
    deprecated: flag(child(node, 'deprecated')) === true,
    visibility: visibility(node) ?? 'normal',
    parameters: [],
    body: null,
    contentType: null,
    response: null,
    event: eventOf({ reading, schemas }, node),
    nextLink: null,
    anonymous: false,
    scripted: false,
    pointer: node.pointer,
  }
}

function eventOf(
  { reading, schemas }: { readonly reading: Reading; readonly schemas: SchemaReader },
  node: NamedOperation['node'],
): Schema {
  const content = child(follow(reading, child(node, 'requestBody')), 'content')
  const mediaType = keysOf(content).find(isJson)
  if (mediaType === undefined) return { type: 'any' }
  return schemas.read(child(child(content, mediaType), 'schema'), 'root')
}
