// `X-Hub-Signature-256: sha256=<hex of HMAC-SHA256 of the body>`, as GitHub and Meta send it. The older
// `X-Hub-Signature` is SHA-1 and not asked for: a sender that has both would be as weak as that.

import { fromHex, hmac, matchesAny } from '../digest.ts'
import type { Keys, SignedDelivery, Verdict } from './contract.ts'

export function verifyHubSignature({ headers, body }: SignedDelivery, { secrets }: Keys): Verdict {
  const [, hex = ''] = /^sha256=(.*)$/.exec(headers['x-hub-signature-256'] ?? '') ?? []
  const signature = fromHex(hex)
  if (signature === null) return 'unsigned'
  const expected = secrets.map(secret => hmac('sha256', secret.reveal(), body))
  return matchesAny([signature], expected) ? 'verified' : 'forged'
}
