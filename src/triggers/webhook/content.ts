// A delivery's body as data: JSON by content type or by looks, a form as an object, other text as text, and what is no
// text in the envelope that connectors know for bytes (connector-format §2.6). Nothing that came is lost by reading it.
import { type Json, type JsonObject, parseJson } from '../../json.ts'
import type { Delivery } from './delivery.ts'
import { jsonDepth } from './json-depth.ts'

/** Deeper JSON is refused: readers of events recurse over it. */
export const depthLimit = 64

/** Null for an empty body, `depth` for JSON deeper than the limit. */
export function readContent({ body, headers }: Pick<Delivery, 'body' | 'headers'>): { data: Json } | 'depth' {
  if (body.byteLength === 0) return { data: null }
  const contentType = headers['content-type'] ?? ''
  const type = mediaType(contentType)
  const text = type.startsWith('multipart/') ? null : decoded(body, contentType)
  if (text === null) return { data: envelope(body, contentType) }
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
