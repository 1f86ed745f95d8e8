// https://docs.stripe.com/webhooks#verify-manually: `Stripe-Signature: t=<seconds>,v1=<hex>,…`, HMAC-SHA256 of
// `timestamp.body`. Several `v1` while a secret is rolled; `v0` is for Stripe's own tests and never counts.
import { isJsonObject } from '../../../json.ts'
import { fromHex, hmac, matchesAny } from '../digest.ts'
import type { Verifier } from './contract.ts'
import { isRecent } from './timestamp.ts'

export const stripe = {
  scheme: 'stripe',
  verify({ headers, body }, { secrets, now }) {
    const items = (headers['stripe-signature'] ?? '').split(',').map(item => item.trim())
    const valuesOf = (name: string) =>
      items.filter(item => item.startsWith(`${name}=`)).map(item => item.slice(name.length + 1))
    const [timestamp = ''] = valuesOf('t')
    const signatures = valuesOf('v1').flatMap(hex => fromHex(hex) ?? [])
    const recent = isRecent(timestamp, now)
    if (recent === null || signatures.length === 0) return 'unsigned'
    if (!recent) return 'stale'
    const expected = secrets.map(secret => hmac('sha256', secret.reveal(), `${timestamp}.`, body))
    return matchesAny(signatures, expected) ? 'verified' : 'forged'
  },
  /** The event's id: each try to deliver it is signed anew, with another timestamp. */
  deliveryId({ content }) {
    const body = content()
    return isJsonObject(body) && typeof body.id === 'string' ? body.id : null
  },
} satisfies Verifier
