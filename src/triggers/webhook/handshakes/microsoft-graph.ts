// https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#notificationurl-validation: a POST without a
// body whose query has the token, which is to come back decoded, as plain text, within ten seconds.
import { echo, type Handshake } from './contract.ts'

export const microsoftGraph = {
  name: 'microsoft-graph',
  signed: false,
  answer({ method, query, body }) {
    const question = query.validationToken
    return method === 'POST' && body.byteLength === 0 && question !== undefined ? echo(question) : null
  },
} satisfies Handshake
