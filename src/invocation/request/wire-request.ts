// The last step before the wire: the draft's headers, body and what every request of the hub says.
import type { WireRequest } from '../transport/wire.ts'
import { type Draft, isCredential } from './draft.ts'
import { encodeBody } from './encode-body.ts'
import { printQuery } from './query.ts'

/** Some APIs refuse a call without it (GitHub: "Request forbidden by administrative rules"). */
const userAgent = 'Junctor'

/** The request to send to `url`. */
export function wireRequest(draft: Draft, url: URL): WireRequest {
  const { payload, contentType, fixedType } = encodeBody(draft.body, draft.headers.get('content-type')?.value)
  const headers: Record<string, string> = {}
  const add = (name: string, value: string) => {
    if (!draft.headers.has(name)) headers[name] = value
  }
  add('accept', 'application/json, */*;q=0.8')
  add('accept-encoding', 'gzip, deflate, br')
  add('user-agent', userAgent)
  for (const [key, { name, value }] of draft.headers)
    if (!(key === 'content-type' && fixedType)) headers[name] = value
  if (contentType !== null && (fixedType || !draft.headers.has('content-type')))
    headers['content-type'] = contentType
  return {
    method: draft.method,
    url,
    headers,
    payload,
    queryCredentials: draft.query
      .filter(pair => isCredential(pair.source))
      .map(pair => printQuery([pair]).slice(1)),
  }
}
