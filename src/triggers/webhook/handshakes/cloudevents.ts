// https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md#4-abuse-protection: an OPTIONS request that
// names who wants to send; whoever has the URL may.
import { type Handshake, longestQuestion } from './contract.ts'

export const cloudevents = {
  name: 'cloudevents',
  signed: false,
  answer({ method, headers }) {
    const origin = headers['webhook-request-origin']
    if (method !== 'OPTIONS' || !origin || origin.length > longestQuestion) return null
    const rate = headers['webhook-request-rate']
    return {
      status: 200,
      headers: {
        allow: 'GET, HEAD, OPTIONS, POST, PUT',
        'webhook-allowed-origin': origin,
        // The hub takes what comes; a sender that asks for a rate must be told one (§4.2).
        ...(rate === undefined ? {} : { 'webhook-allowed-rate': '*' }),
      },
      body: '',
    }
  },
} satisfies Handshake
