// https://developers.asana.com/docs/webhooks-guide#the-webhook-handshake: the first POST brings a secret in
// `X-Hook-Secret`, which the answer repeats. It has no event: its body is empty, or an empty object.
import type { Json } from '../../../json.ts'
import { secret } from '../../../secret.ts'
import { type Handshake, longestQuestion } from './contract.ts'

export const hookSecret = {
  name: 'hook-secret',
  signed: false,
  answer({ method, headers, content }) {
    const given = headers['x-hook-secret']
    if (method !== 'POST' || !given || given.length > longestQuestion || !isEmpty(content())) return null
    return { status: 200, headers: { 'x-hook-secret': given }, body: '', remember: secret(given) }
  },
} satisfies Handshake

function isEmpty(body: Json): boolean {
  return body === null || (typeof body === 'object' && Object.keys(body).length === 0)
}
