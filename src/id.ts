// Identifiers of what the hub stores.
import { randomUUIDv7 } from 'node:crypto'

/**
 * A new UUIDv7 (RFC 9562 §5.7): sorts by the millisecond it was made in, which keeps indexes and cursors in order
 * of creation. Unguessable enough for a name, never for a permission.
 */
export function newId(): string {
  return randomUUIDv7()
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** True for text that PostgreSQL reads as a uuid in its usual form. */
export function isId(text: string): boolean {
  return uuid.test(text)
}
