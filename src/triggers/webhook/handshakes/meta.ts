// https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests: a GET that quotes the
// verify token which the app's owner typed there and here.
import { isOneOf } from '../digest.ts'
import { echo, type Handshake } from './contract.ts'

export const meta = {
  name: 'meta',
  signed: false,
  answer({ method, query }, { verifyTokens }) {
    const question = query['hub.challenge']
    if (method !== 'GET' || query['hub.mode'] !== 'subscribe' || question === undefined) return null
    return isOneOf(verifyTokens, query['hub.verify_token'] ?? '') ? (echo(question) ?? 'refused') : 'refused'
  },
} satisfies Handshake
