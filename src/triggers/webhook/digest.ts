// Digests and comparisons that take the same time whatever they compare.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../secret.ts'

export type Algorithm = 'sha1' | 'sha256' | 'sha512'

type Part = string | Uint8Array

/** HMAC of the parts in a row. */
export function hmac(algorithm: Algorithm, key: Part, ...parts: readonly Part[]): Buffer {
  const digest = createHmac(algorithm, key)
  for (const part of parts) digest.update(part)
  return digest.digest()
}

/** True for equal bytes. Only the lengths, which a scheme fixes, can be told from the time. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}

/** True where the text is one of the secrets. Not even their lengths can be told from the time. */
export function isOneOf(secrets: readonly Secret[], text: string): boolean {
  const given = createHash('sha256').update(text).digest()
  return secrets.some(each => timingSafeEqual(createHash('sha256').update(each.reveal()).digest(), given))
}

/** True where one of the signatures is that of one of the keys. */
export function matchesAny(signatures: readonly Uint8Array[], expected: readonly Uint8Array[]): boolean {
  return expected.some(wanted => signatures.some(given => equalBytes(given, wanted)))
}

/** The bytes of hexadecimal text in either case; null for any other text. */
export function fromHex(text: string): Buffer | null {
  return /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : null
}

/** The bytes of base64 text, of the URL-safe alphabet too; null for any other text. */
export function fromBase64(text: string): Buffer | null {
  return /^[\w+/-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null
}
