// What names a delivery where no scheme says it: headers that senders use for that, and the id of a CloudEvent.
import { isJsonObject } from '../../json.ts'
import type { OpenDelivery } from './delivery.ts'

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

/** Characters. */
export const longestId = 512

/** The id the provider gave this delivery; null where it gave none. */
export function deliveryId(delivery: Pick<OpenDelivery, 'headers' | 'content'>): string | null {
  const { headers } = delivery
  for (const name of idHeaders) {
    const value = headers[name]?.trim()
    if (!value || value.length > longestId) continue
    return name === 'ce-id' ? ofSource(headers['ce-source'], value) : value
  }
  return structuredId(delivery)
}

/** CloudEvents in structured mode, whose attributes are members of the body. */
function structuredId({ headers, content }: Pick<OpenDelivery, 'headers' | 'content'>): string | null {
  if (!/^application\/cloudevents\+json\b/i.test(headers['content-type'] ?? '')) return null
  const event = content()
  if (!isJsonObject(event) || typeof event.id !== 'string' || event.id.length > longestId) return null
  return ofSource(typeof event.source === 'string' ? event.source : '', event.id)
}

/** An id of CloudEvents is unique for its source only (CloudEvents 1.0, "id"). */
function ofSource(source = '', id: string): string {
  return `${source}#${id}`
}
