// Redirects: GET and HEAD only, three hops, each checked anew; a credential stays inside its origin.
import { JunctorError } from '../../errors.ts'
import type { Substitutes } from '../egress/substitutes.ts'
import type { Send, WireAnswer, WireRequest } from './wire.ts'

const redirects = new Set([301, 302, 303, 307, 308])
const maximumHops = 3

/** Headers that say nothing of the caller: all that another origin gets, and no body. */
const neutral = new Set(['accept', 'accept-language', 'user-agent', 'accept-encoding', 'range'])

/** `send` that follows redirects. Throws EGRESS_REFUSED, UPSTREAM_INVALID. */
export function followingRedirects(send: Send, substitutes: Substitutes): Send {
  return async (first, signal) => {
    let request = first
    for (let hop = 0; ; hop++) {
      const answer = await send(request, signal)
      const location = answer.headers.location
      const followable = request.method === 'GET' || request.method === 'HEAD'
      if (!redirects.has(answer.status) || location === undefined || !followable) return answer
      if (hop === maximumHops)
        throw new JunctorError(
          'UPSTREAM_INVALID',
          `${first.url.origin} redirects more than ${maximumHops} times; check the base URL of the connection.`,
        )
      request = redirected(request, location, answer, substitutes)
    }
  }
}

function redirected(
  request: WireRequest,
  location: string,
  { url }: WireAnswer,
  substitutes: Substitutes,
): WireRequest {
  const link = URL.canParse(location, url) ? new URL(location, url) : null
  const next = link && substitutes.restore(link, url)
  const refused = refusalOf(next, url)
  if (!next || refused) throw new JunctorError('EGRESS_REFUSED', `${url.origin} redirects ${refused}.`)
  next.hash = ''
  if (next.origin === url.origin) return { ...request, url: withCredentials(next, request.queryCredentials) }
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => neutral.has(name.toLowerCase())),
  )
  return { ...request, url: next, headers, payload: null, queryCredentials: [] }
}

function refusalOf(next: URL | null, from: URL): string {
  if (!next) return 'to an address that is no URL'
  if (!/^https?:$/.test(next.protocol)) return `to ${next.protocol}//, which the hub does not call`
  if (from.protocol === 'https:' && next.protocol === 'http:')
    return 'from https:// to http://, which is not followed'
  if (next.username !== '' || next.password !== '') return 'to an address with a name or password in it'
  return ''
}

function withCredentials(url: URL, credentials: readonly string[]): URL {
  const present = new Set(url.search.slice(1).split('&').map(nameOf))
  const missing = credentials.filter(pair => !present.has(nameOf(pair)))
  if (missing.length > 0) url.search = [url.search.slice(1), ...missing].filter(part => part !== '').join('&')
  return url
}

function nameOf(pair: string): string {
  return pair.split('=')[0] ?? ''
}
