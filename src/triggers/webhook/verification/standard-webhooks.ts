// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: `id.timestamp.body`, by
// HMAC-SHA256 (`v1`) or Ed25519 (`v1a`). Svix, who came first, sends the same under names of its own.
import { createPublicKey, verify } from 'node:crypto'
import type { Secret } from '../../../secret.ts'
import { fromBase64, hmac, matchesAny } from '../digest.ts'
import type { SignedDelivery, Verifier } from './contract.ts'
import { isRecent } from './timestamp.ts'

/** All three of one family: never an id of one with the signature of the other. */
function signedHeaders({ headers }: Pick<SignedDelivery, 'headers'>) {
  for (const family of ['webhook', 'svix']) {
    const id = headers[`${family}-id`]
    const timestamp = headers[`${family}-timestamp`]
    const signature = headers[`${family}-signature`]
    if (id && timestamp && signature) return { id, timestamp, signature }
  }
  return null
}

/** Several signatures are how a sender rotates its keys; versions that are not known are for others. */
function signaturesOf(header: string, version: string): readonly Buffer[] {
  return header.split(' ').flatMap(each => {
    const [named, text] = each.split(',')
    return named === version && text !== undefined ? (fromBase64(text) ?? []) : []
  })
}

function symmetricKey(secret: Secret): Buffer | null {
  const text = secret.reveal().trim()
  return text.startsWith('whpk_') ? null : fromBase64(text.replace(/^whsec_/, ''))
}

function verifiesAsymmetric(secret: Secret, content: Buffer, signatures: readonly Buffer[]): boolean {
  const text = secret.reveal().trim()
  const bytes = text.startsWith('whpk_') ? fromBase64(text.slice('whpk_'.length)) : null
  if (bytes?.byteLength !== 32) return false
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
    format: 'jwk',
  })
  return signatures.some(signature => verify(null, content, key, signature))
}

export const standardWebhooks = {
  scheme: 'standard-webhooks',
  verify(delivery, { secrets, now }) {
    const signed = signedHeaders(delivery)
    if (signed === null) return 'unsigned'
    const recent = isRecent(signed.timestamp, now)
    if (recent === null) return 'unsigned'
    if (!recent) return 'stale'
    const content = Buffer.concat([Buffer.from(`${signed.id}.${signed.timestamp}.`), delivery.body])
    const expected = secrets.flatMap(secret => {
      const key = symmetricKey(secret)
      return key === null ? [] : [hmac('sha256', key, content)]
    })
    const asymmetric = signaturesOf(signed.signature, 'v1a')
    return matchesAny(signaturesOf(signed.signature, 'v1'), expected) ||
      secrets.some(secret => verifiesAsymmetric(secret, content, asymmetric))
      ? 'verified'
      : 'forged'
  },
  deliveryId: delivery => signedHeaders(delivery)?.id ?? null,
} satisfies Verifier
