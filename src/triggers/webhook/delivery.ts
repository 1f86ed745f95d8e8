// One delivery as an event: its key, and its data as the trigger wants it.
import { type Json, type JsonObject, parseJson } from '../../json.ts'
import type { WebhookRole } from '../trigger.ts'
import { harmlessHeaders } from './harmless-headers.ts'
import { jsonDepth } from './json-depth.ts'

/** An HTTP request at a webhook's URL. Header names are lower case. */
export interface Delivery {
  readonly token: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Bytes. */
export const deliveryBodyLimit = 1024 * 1024

/** Deeper JSON is refused: readers of events recurse over it. */
export const depthLimit = 64

/** Headers that name one delivery, repeats of it included; the more specific first. */
const idHeaders = [
  'webhook-id',
  'svix-id',
  'x-github-delivery',
  'x-gitea-delivery',
  'x-gogs-delivery',
  'idempotency-key',
  'x-gitlab-event-uuid',
  'x-shopify-webhook-id',
  'x-event-id',
  'x-delivery-id',
  'i-twilio-idempotency-token',
  'ce-id',
]

/** The id the provider gave this delivery; null where it gave none. */
export function deliveryId(headers: Delivery['headers']): string | null {
  for (const name of idHeaders) {
    const value = headers[name]?.trim()
    if (!value || value.length > 512) continue
    // An id of CloudEvents is unique for its source only (CloudEvents 1.0, "id").
    return name === 'ce-id' ? `${headers['ce-source'] ?? ''}#${value}` : value
  }
  return null
}

/** The event's data; `depth` where the body is JSON deeper than the limit. */
export function eventData(delivers: WebhookRole['delivers'], delivery: Delivery): { data: Json } | 'depth' {
  const body = readBody(delivery)
  if (body === 'depth') return 'depth'
  if (delivers === 'body') return body
  const { method, query } = delivery
  return { data: { method, headers: harmlessHeaders(delivery.headers), query, body: body.data } }
}

/** JSON by content type or by looks, a form as an object, anything else as text; an empty body as null. */
function readBody({ body, headers }: Delivery): { data: Json } | 'depth' {
  const text = new TextDecoder().decode(body)
  if (text === '') return { data: null }
  const type = mediaType(headers['content-type'])
  if (type === 'application/x-www-form-urlencoded') return { data: formFields(text) }
  const looksLikeJson = type === '' || type === 'text/plain' || type === 'application/octet-stream'
  if (!/[/+]json$/.test(type) && !(looksLikeJson && /^\s*[[{]/.test(text))) return { data: text }
  if (jsonDepth(text) > depthLimit) return 'depth'
  try {
    return { data: parseJson(text) }
  } catch {
    // Said to be JSON and is not: what came is kept as it came.
    return { data: text }
  }
}

/** Lower case and without parameters, however they are set off; empty for what is no media type. */
function mediaType(contentType = ''): string {
  return /^[\w.+-]+\/[\w.+-]+/.exec(contentType.trim().toLowerCase())?.[0] ?? ''
}

/** Fields by name; a repeated name gives all its values. */
function formFields(text: string): JsonObject {
  const fields = new URLSearchParams(text)
  return Object.fromEntries(
    [...new Set(fields.keys())].map(name => {
      const values = fields.getAll(name)
      return [name, values.length === 1 ? (values[0] ?? '') : values]
    }),
  )
}
