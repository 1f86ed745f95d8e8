// https://docs.slack.dev/authentication/verifying-requests-from-slack: HMAC-SHA256 of `v0:timestamp:body`.
import { isJsonObject } from '../../../json.ts'
import type { Verifier } from './contract.ts'
import { verifyVersioned } from './versioned-signature.ts'

export const slack = {
  scheme: 'slack',
  verify: (delivery, keys) =>
    verifyVersioned(delivery, keys, {
      signature: 'x-slack-signature',
      timestamp: 'x-slack-request-timestamp',
    }),
  /** Slack sends an event up to four times with one id. */
  deliveryId({ content }) {
    const body = content()
    return isJsonObject(body) && typeof body.event_id === 'string' ? body.event_id : null
  },
} satisfies Verifier
