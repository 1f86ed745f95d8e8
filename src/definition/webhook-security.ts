// `x-junctor-webhook`: how the deliveries of a webhook are told from forged ones. It stands on an operation, or on one
// of the ways to connect where the person's choice decides. What it says wrongly is an ERROR: a webhook whose author
// wanted it verified must not come to be served unverified.

import { child, isObject, keysOf, members, type Node, textList, words } from './node.ts'
import type { Reading } from './reading.ts'
import type { WebhookScheme, WebhookSecurity } from './webhook-security-model.ts'

const schemes: readonly WebhookScheme[] = [
  'standard-webhooks',
  'github',
  'slack',
  'stripe',
  'meta',
  'microsoft-graph',
  'zoom',
  'x',
  'hook-secret',
  'token',
  'hmac',
]

const known: ReadonlySet<string> = new Set(['scheme', 'secret', 'secretPath', 'verifyToken', 'options'])

/** Undefined where the node has no `x-junctor-webhook`. */
export function readWebhookSecurity({ findings }: Reading, node: Node): WebhookSecurity | undefined {
  const declared = child(node, 'x-junctor-webhook')
  if (declared.value === undefined) return undefined
  const wrong = (what: string, at: Node = declared) => {
    findings.error('DOCUMENT_INVALID', `x-junctor-webhook ${what}.`, { pointer: at.pointer })
    return undefined
  }
  if (!isObject(declared)) return wrong('is no object')
  const stray = keysOf(declared).find(key => !known.has(key))
  if (stray !== undefined) return wrong(`has no member "${stray}"`, child(declared, stray))
  const name = words(child(declared, 'scheme'))
  const scheme = schemes.find(each => each === name)
  if (scheme === undefined)
    return wrong(`needs a scheme, one of ${schemes.join(', ')}`, child(declared, 'scheme'))
  const secret = secretOf(declared, scheme)
  if (secret === null)
    return wrong(
      scheme === 'hook-secret'
        ? 'needs no secret for the scheme hook-secret: the provider gives it'
        : 'needs either `secret`, names of connection parameters, or `secretPath`, a place in the registration’s body',
    )
  const verifyToken = words(child(declared, 'verifyToken'))
  return {
    scheme,
    secret,
    ...(verifyToken === undefined ? {} : { verifyToken }),
    options: Object.fromEntries(
      members(child(declared, 'options')).flatMap(([option, value]) => {
        const text = words(value)
        return text === undefined ? [] : [[option, text]]
      }),
    ),
  }
}

function secretOf(declared: Node, scheme: WebhookScheme): WebhookSecurity['secret'] | null {
  const parameters = textList(child(declared, 'secret'))
  const path = textList(child(declared, 'secretPath'))
  if (scheme === 'hook-secret')
    return parameters.length === 0 && path.length === 0 ? { from: 'handshake' } : null
  if (parameters.length > 0 === path.length > 0) return null
  return path.length > 0 ? { from: 'hub', path } : { from: 'connection', parameters }
}
