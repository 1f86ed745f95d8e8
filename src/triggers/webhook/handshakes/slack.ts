// https://docs.slack.dev/reference/events/url_verification: a signed POST of `{type, challenge, token}`.
import { isJsonObject } from '../../../json.ts'
import { echo, type Handshake } from './contract.ts'

export const slack = {
  name: 'slack',
  signed: true,
  answer({ method, content }) {
    const body = method === 'POST' ? content() : null
    if (!isJsonObject(body) || body.type !== 'url_verification') return null
    // An event has one of these; a question has not.
    if (body.event !== undefined || body.event_id !== undefined) return null
    return typeof body.challenge === 'string' ? echo(body.challenge) : null
  },
} satisfies Handshake
