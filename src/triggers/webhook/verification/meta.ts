// https://developers.facebook.com/docs/graph-api/webhooks/getting-started: signed as GitHub signs, with the app's
// secret, and without an id of the delivery.
import type { Verifier } from './contract.ts'
import { verifyHubSignature } from './hub-signature.ts'

export const meta = {
  scheme: 'meta',
  verify: verifyHubSignature,
  deliveryId: () => null,
} satisfies Verifier
