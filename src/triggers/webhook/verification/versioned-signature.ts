// `v0=<hex of HMAC-SHA256 of v0:timestamp:body>`, as Slack and Zoom send it under names of their own.
import { fromHex, hmac, matchesAny } from '../digest.ts'
import type { Keys, SignedDelivery, Verdict } from './contract.ts'
import { isRecent } from './timestamp.ts'

/** @param names headers, lower case */
export function verifyVersioned(
  { headers, body }: SignedDelivery,
  { secrets, now }: Keys,
  names: { readonly signature: string; readonly timestamp: string },
): Verdict {
  const timestamp = headers[names.timestamp] ?? ''
  const [, hex = ''] = /^v0=(.*)$/.exec(headers[names.signature] ?? '') ?? []
  const signature = fromHex(hex)
  const recent = isRecent(timestamp, now)
  if (signature === null || recent === null) return 'unsigned'
  if (!recent) return 'stale'
  const expected = secrets.map(secret => hmac('sha256', secret.reveal(), `v0:${timestamp}:`, body))
  return matchesAny([signature], expected) ? 'verified' : 'forged'
}
