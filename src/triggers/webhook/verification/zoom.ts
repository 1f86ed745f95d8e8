// https://developers.zoom.us/docs/api/webhooks/#verify-with-zooms-header: HMAC-SHA256 of `v0:timestamp:body`, as Slack's. A
// delivery has no id.
import type { Verifier } from './contract.ts'
import { verifyVersioned } from './versioned-signature.ts'

export const zoom = {
  scheme: 'zoom',
  verify: (delivery, keys) =>
    verifyVersioned(delivery, keys, { signature: 'x-zm-signature', timestamp: 'x-zm-request-timestamp' }),
  deliveryId: () => null,
} satisfies Verifier
