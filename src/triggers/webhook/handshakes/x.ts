// https://docs.x.com/x-api/webhooks/introduction: the challenge-response check, a GET whose `crc_token` comes back as its
// HMAC-SHA256 by the app's consumer secret.
import { hmac } from '../digest.ts'
import { type Handshake, longestQuestion } from './contract.ts'

export const x = {
  name: 'x',
  signed: false,
  answer({ method, query }, { secrets: [secret] }) {
    const question = query.crc_token
    if (method !== 'GET' || question === undefined || question === '') return null
    // Deliveries, JSON objects, are signed with the same key: what could be one of those is no token.
    if (secret === undefined || question.length > longestQuestion || question.includes('{')) return 'refused'
    const digest = hmac('sha256', secret.reveal(), question).toString('base64')
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ response_token: `sha256=${digest}` }),
    }
  },
} satisfies Handshake
