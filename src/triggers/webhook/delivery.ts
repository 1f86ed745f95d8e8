// One delivery: the request as it came, what its body says, and its data as the trigger wants it.
import type { Json } from '../../json.ts'
import type { WebhookRole } from '../feeds/index.ts'
import { readContent } from './content.ts'
import { harmlessHeaders } from './harmless-headers.ts'

/** An HTTP request at a webhook's URL. Header names are lower case. */
export interface Delivery {
  readonly token: string
  /** Path and query as they came, where the request is for an address below the webhook's URL: `/path?query`. */
  readonly below?: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** As it came, byte for byte. */
  readonly body: Uint8Array
}

/** A delivery whose body is read when somebody asks, and once. */
export interface OpenDelivery extends Delivery {
  /** Null for an empty body, and for one that is too deep. */
  readonly content: () => Json
  readonly tooDeep: () => boolean
}

/** Bytes. */
export const deliveryBodyLimit = 1024 * 1024

export function openDelivery(delivery: Delivery): OpenDelivery {
  let read: ReturnType<typeof readContent> | undefined
  const content = () => {
    read ??= readContent(delivery)
    return read
  }
  return {
    ...delivery,
    content() {
      const found = content()
      return found === 'depth' ? null : found.data
    },
    tooDeep: () => content() === 'depth',
  }
}

/** What of a delivery its subscribers are not shown. */
export interface Hidden {
  /** Names of headers, in any case. */
  readonly headers: readonly string[]
  readonly content: (content: Json) => Json
}

/** The event's data. */
export function eventData(delivers: WebhookRole['delivers'], delivery: OpenDelivery, hidden: Hidden): Json {
  const body = hidden.content(delivery.content())
  if (delivers === 'body') return body
  const { method, query } = delivery
  const names = new Set(hidden.headers.map(name => name.toLowerCase()))
  const headers = Object.entries(harmlessHeaders(delivery.headers)).filter(([name]) => !names.has(name))
  return { method, headers: Object.fromEntries(headers), query, body }
}
