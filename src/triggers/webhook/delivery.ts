// One delivery: the request as it came, what its body says, and its data as the trigger wants it.
import { type Json, type JsonObject, printJson } from '../../json.ts'
import type { WebhookRole } from '../feeds/index.ts'
import type { NewEvent } from '../log/index.ts'
import { type Content, readContent } from './content.ts'
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
  /** As `content`, with what of the body cannot be told from it. */
  readonly whole: () => Content
}

/** Bytes. */
export const deliveryBodyLimit = 1024 * 1024

export function openDelivery(delivery: Delivery): OpenDelivery {
  let read: Content | 'depth' | undefined
  const content = () => {
    read ??= readContent(delivery)
    return read
  }
  const whole = () => {
    const found = content()
    return found === 'depth' ? { data: null, text: null, lossy: true } : found
  }
  return { ...delivery, content: () => whole().data, tooDeep: () => content() === 'depth', whole }
}

/** What of a delivery its subscribers are not shown. */
export interface Hidden {
  /** Names of headers, in any case. */
  readonly headers: readonly string[]
  /** Null where nothing in the body is hidden. */
  readonly content: ((content: Json) => Json) | null
}

/**
 * The event of a delivery. Nothing of the body is lost: where it is JSON it stands in the event's data to the letter,
 * and where the data is something made of it, it is kept beside. Only a body that holds what is hidden is not kept.
 */
export function eventOf(
  delivers: WebhookRole['delivers'],
  delivery: OpenDelivery,
  hidden: Hidden,
): Omit<NewEvent, 'key'> {
  const { data: content, text, lossy } = delivery.whole()
  const envelope = delivers === 'body' ? null : requestOf(delivery, hidden)
  if (hidden.content !== null) {
    const body = hidden.content(content)
    return { data: envelope ? { ...envelope, body } : body }
  }
  const data = envelope ? { ...envelope, body: content } : content
  if (text !== null) return { data, text: envelope ? withBody(envelope, text) : text }
  if (!lossy) return { data }
  const { headers, body } = delivery
  return { data, raw: { body, contentType: headers['content-type'] ?? null } }
}

function requestOf({ method, headers, query }: Delivery, hidden: Hidden): JsonObject {
  const names = new Set(hidden.headers.map(name => name.toLowerCase()))
  const shown = Object.entries(harmlessHeaders(headers)).filter(([name]) => !names.has(name))
  return { method, headers: Object.fromEntries(shown), query }
}

/** The JSON text of the object with one more member, whose text is given. */
function withBody(envelope: JsonObject, text: string): string {
  return `${printJson(envelope).slice(0, -1)},"body":${text}}`
}
