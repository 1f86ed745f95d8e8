// Reading an answer of a polled API: its items, its wish for the next poll, the hash that tells an item.
import { createHash } from 'node:crypto'
import { Bytes, type InvocationResult } from '../../invocation/index.ts'
import { isJsonObject, type Json, printJson } from '../../json.ts'
import { canonical } from '../feeds/index.ts'

/** The body as JSON; bytes as the format's content envelope (connector-format §2.6). */
export function jsonBody({ body }: InvocationResult): Json {
  if (!(body instanceof Bytes)) return body
  return { '$content-type': body.contentType, $content: Buffer.from(body.data).toString('base64') }
}

/** What lies at a path of member names; undefined where nothing does. */
export function valueAt(root: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = root
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

/** The items of a batch answer: the array at the path, or the answer itself where that is the array. */
export function itemsAt(root: Json, path: readonly string[]): readonly Json[] {
  return listed(Array.isArray(root) ? root : valueAt(root, path))
}

/** An array's items, a lone value as one item, nothing for nothing. */
export function listed(found: Json | undefined): readonly Json[] {
  if (Array.isArray(found)) return found
  return found === undefined || found === null || found === '' ? [] : [found]
}

/** Retry-After in seconds (RFC 9110 §10.2.3: seconds or a date); null where it is absent or unreadable. */
export function retryAfterSeconds({ headers }: InvocationResult, now: number): number | null {
  const text = headers['retry-after']?.trim()
  if (!text) return null
  if (/^\d+$/.test(text)) return Number(text)
  const date = Date.parse(text)
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000))
}

/** 128 bits of SHA-256 over the parts, whatever the order of object members. */
export function fingerprint(...parts: readonly Json[]): string {
  return createHash('sha256')
    .update(printJson(parts.map(canonical)))
    .digest('base64url')
    .slice(0, 22)
}
