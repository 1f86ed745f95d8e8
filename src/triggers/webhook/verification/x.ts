// https://docs.x.com/x-api/webhooks/introduction: `x-twitter-webhooks-signature: sha256=<base64 of HMAC-SHA256 of the body>`.
// The same key answers the challenge-response check of whoever asks (handshakes/x.ts), which signs anything that is no
// JSON object: so nothing else is a delivery, whatever its signature.
import { fromBase64, hmac, matchesAny } from '../digest.ts'
import type { Verifier } from './contract.ts'

const brace = 0x7b

export const x = {
  scheme: 'x',
  verify({ headers, body }, { secrets }) {
    const [, base64 = ''] = /^sha256=(.*)$/.exec(headers['x-twitter-webhooks-signature'] ?? '') ?? []
    const signature = fromBase64(base64)
    if (signature === null) return 'unsigned'
    const expected = secrets.map(secret => hmac('sha256', secret.reveal(), body))
    return matchesAny([signature], expected) && body[0] === brace ? 'verified' : 'forged'
  },
  deliveryId: () => null,
} satisfies Verifier
