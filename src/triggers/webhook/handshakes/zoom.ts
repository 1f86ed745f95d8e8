// https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint: a POST of `endpoint.url_validation`, whose
// token comes back with its HMAC-SHA256 by the app's secret token.
import { isJsonObject } from '../../../json.ts'
import { hmac } from '../digest.ts'
import { type Handshake, longestQuestion } from './contract.ts'

export const zoom = {
  name: 'zoom',
  signed: false,
  answer({ method, content }, { secrets: [secret] }) {
    const body = method === 'POST' ? content() : null
    if (!isJsonObject(body) || body.event !== 'endpoint.url_validation') return null
    const plainToken = isJsonObject(body.payload) ? body.payload.plainToken : undefined
    if (typeof plainToken !== 'string' || plainToken === '') return null
    // Deliveries are signed with the same key over `v0:…`: what could be one of those is no token.
    if (secret === undefined || plainToken.length > longestQuestion || plainToken.includes(':'))
      return 'refused'
    const encryptedToken = hmac('sha256', secret.reveal(), plainToken).toString('hex')
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ plainToken, encryptedToken }),
    }
  },
} satisfies Handshake
