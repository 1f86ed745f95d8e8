// What is not as it was to be, said so that a reader sees where.
import type { Json } from '../../../src/json.ts'

/** A class of fault and what tells one from another. */
export interface Fault {
  readonly kind: string
  readonly detail: string
}

/** JSON text in which the order of members says nothing. */
export function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const names = Object.keys(value).sort()
  return `{${names.map(name => `${JSON.stringify(name)}:${canonical((value as Record<string, Json>)[name])}`).join(',')}}`
}

/** The two texts from a little before the place where they part. */
export function differing(wanted: string, received: string | undefined): string {
  if (received === undefined) return `${JSON.stringify(wanted.slice(0, 60))} did not arrive`
  let start = 0
  while (start < wanted.length && wanted[start] === received[start]) start++
  const from = Math.max(0, start - 30)
  const part = (text: string) => JSON.stringify(text.slice(from, start + 40))
  return `${part(wanted)} arrived as ${part(received)}`
}
