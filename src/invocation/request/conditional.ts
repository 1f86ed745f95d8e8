// A conditional request (RFC 9110 §13.1.2): answered with 304 and nothing where nothing changed.
import type { Draft } from './draft.ts'

const header = 'If-None-Match'
/** RFC 9110 §8.8.3, and no more characters than a server would take. */
const entityTag = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]{0,1000}"$/

/** Adds the condition; false where there is none, the tag is none, or the caller has one of their own. */
export function makeConditional(draft: Draft, etag: string | undefined): boolean {
  const name = header.toLowerCase()
  if (etag === undefined || draft.headers.has(name) || !entityTag.test(etag)) return false
  draft.headers.set(name, { name: header, value: etag, source: 'answer' })
  return true
}
