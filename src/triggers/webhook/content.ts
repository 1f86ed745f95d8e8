// A delivery's body as data: JSON by content type or by looks, a form as an object, other text as text, and what is no
// text in the envelope that connectors know for bytes (connector-format §2.6). Nothing that came is lost by reading it.
import { type Json, type JsonObject, parseJson } from '../../json.ts'
import type { Delivery } from './delivery.ts'
import { jsonDepth } from './json-depth.ts'

/** Deeper JSON is refused: readers of events recurse over it. */
export const depthLimit = 64

/** What a body says, and what of it cannot be told from that. */
export interface Content {
  /** Null for an empty body. */
  readonly data: Json
  /** The body itself where it is JSON text that parses to `data`; else null. */
  readonly text: string | null
  /** True where neither `text` nor `data` gives the body back, byte for byte. */
  readonly lossy: boolean
}

/** `depth` for JSON deeper than the limit. */
export function readContent({ body, headers }: Pick<Delivery, 'body' | 'headers'>): Content | 'depth' {
  if (body.byteLength === 0) return { data: null, text: null, lossy: false }
  const contentType = headers['content-type'] ?? ''
  const type = mediaType(contentType)
  const text = type.startsWith('multipart/') ? null : decoded(body, contentType)
  if (text === null) return { data: envelope(body, contentType), text: null, lossy: false }
  if (type === 'application/x-www-form-urlencoded') return { data: formFields(text), text: null, lossy: true }
  const looksLikeJson = type === '' || type === 'text/plain' || type === 'application/octet-stream'
  if (!/[/+]json$/.test(type) && !(looksLikeJson && /^\s*[[{]/.test(text)))
    return { data: text, text: null, lossy: true }
  if (jsonDepth(text) > depthLimit) return 'depth'
  try {
    const exact = !overflows.test(text) && Buffer.from(text).equals(body)
    return { data: parseJson(text), text: exact ? text : null, lossy: !exact }
  } catch {
    // Said to be JSON and is not: what came is kept as it came.
    return { data: text, text: null, lossy: true }
  }
}

/** Some number may be larger than any that is printed: it is null once it was printed, and infinite until then. */
const overflows = /\d[eE]\+?\d{3}|\d{300}/

/** Lower case and without parameters, however they are set off; empty for what is no media type. */
function mediaType(contentType: string): string {
  return /^[\w.+-]+\/[\w.+-]+/.exec(contentType.trim().toLowerCase())?.[0] ?? ''
}

/** As the charset says, else UTF-8; null for bytes that are no text in it. */
function decoded(body: Uint8Array, contentType: string): string | null {
  const [, charset = 'utf-8'] = /;\s*charset="?([\w.:-]+)/i.exec(contentType) ?? []
  for (const label of [charset, 'utf-8'])
    try {
      return new TextDecoder(label, { fatal: true }).decode(body)
    } catch {
      // A charset that nobody knows, or bytes that are not in it.
    }
  return null
}

function envelope(body: Uint8Array, contentType: string): JsonObject {
  return {
    '$content-type': contentType === '' ? 'application/octet-stream' : contentType,
    $content: Buffer.from(body).toString('base64'),
  }
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
