// https://developers.asana.com/docs/webhooks-guide: the secret came in the handshake (`X-Hook-Secret`), and signs each
// body as `X-Hook-Signature`, HMAC-SHA256 in hexadecimal.

import { fromHex, hmac, matchesAny } from '../digest.ts'
import type { Verifier } from './contract.ts'

export const hookSecret = {
  scheme: 'hook-secret',
  verify({ headers, body }, { secrets }) {
    const signature = fromHex(headers['x-hook-signature'] ?? '')
    if (signature === null) return 'unsigned'
    const expected = secrets.map(secret => hmac('sha256', secret.reveal(), body))
    return matchesAny([signature], expected) ? 'verified' : 'forged'
  },
  deliveryId: () => null,
} satisfies Verifier
