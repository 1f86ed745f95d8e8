// https://docs.slack.dev/authentication/verifying-requests-from-slack: HMAC-SHA256 of `v0:timestamp:body`.
import { isJsonObject } from '../../../json.ts'
import { fromHex, hmac, matchesAny } from '../digest.ts'
import type { Verifier } from './contract.ts'
import { isRecent } from './timestamp.ts'

export const slack = {
  scheme: 'slack',
  verify({ headers, body }, { secrets, now }) {
    const timestamp = headers['x-slack-request-timestamp'] ?? ''
    const [, hex = ''] = /^v0=(.*)$/.exec(headers['x-slack-signature'] ?? '') ?? []
    const signature = fromHex(hex)
    const recent = isRecent(timestamp, now)
    if (signature === null || recent === null) return 'unsigned'
    if (!recent) return 'stale'
    const expected = secrets.map(secret => hmac('sha256', secret.reveal(), `v0:${timestamp}:`, body))
    return matchesAny([signature], expected) ? 'verified' : 'forged'
  },
  /** Slack sends an event up to four times with one id. */
  deliveryId({ content }) {
    const body = content()
    return isJsonObject(body) && typeof body.event_id === 'string' ? body.event_id : null
  },
} satisfies Verifier
