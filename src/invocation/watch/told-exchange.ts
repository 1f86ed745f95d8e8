// An exchange with an API as those are told of it who look after the connection: what was asked, without what is secret.
import type { ErrorCode } from '../../errors.ts'
import type { Redactor } from '../response/redactor.ts'
import type { WireRequest } from '../transport/wire.ts'

export interface ToldExchange extends ToldRequest {
  /** Null where no whole answer came. */
  readonly status: number | null
  /** Why none came; `ABORTED` where nobody waited any longer. */
  readonly error: ErrorCode | 'ABORTED' | null
  readonly timings: ExchangeTimings
  readonly requestBytes: number
  /** Decompressed, as far as it was read; null, too, for a body that is read later. */
  readonly responseBytes: number | null
}

/** Milliseconds from the moment the hub wanted to send; null for what was not reached. */
export interface ExchangeTimings {
  /** Until the request was written: a name resolved, a connection made or a free one found. */
  readonly sent: number | null
  /** Until the first byte of the answer. */
  readonly firstByte: number | null
  /** Until its last, or the failure. */
  readonly total: number
}

interface ToldRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export const hidden = '[redacted]'

/** Say how the hub talks, not to whom; any other header may be a credential, or be made from one. */
const plainHeaders = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'user-agent'])

/**
 * The request as it may be shown. Values of the query and of headers are hidden whatever they are: a policy may have
 * made them from a secret in a way that the redactor does not know. `elsewhere`: the API chose the address, and a
 * path that it chose may be a capability.
 */
export function toldRequest(request: WireRequest, redactor: Redactor, elsewhere: boolean): ToldRequest {
  const { origin, pathname, search } = request.url
  const path = elsewhere ? `/${hidden}` : shownPath(pathname, redactor)
  const headers = Object.entries(request.headers).map(([name, value]) => [
    redactor.redact(name),
    plainHeaders.has(name.toLowerCase()) ? redactor.redact(value) : hidden,
  ])
  return {
    method: request.method,
    url: `${redactor.redact(origin)}${path}${shownQuery(search, redactor)}`,
    headers: Object.fromEntries(headers),
  }
}

/** A segment may spell a secret as no encoder does. */
function shownPath(pathname: string, redactor: Redactor): string {
  return redactor
    .redact(pathname)
    .split('/')
    .map(segment => {
      const plain = decoded(segment)
      return plain === null || redactor.redact(plain) !== plain ? hidden : segment
    })
    .join('/')
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}

function shownQuery(search: string, redactor: Redactor): string {
  if (search.length < 2) return ''
  const pairs = search.slice(1).split('&')
  const shown = pairs.map(pair => {
    const [name = '', value] = pair.split(/=(.*)/s)
    return value === undefined ? hidden : `${redactor.redact(name)}=${hidden}`
  })
  return `?${shown.join('&')}`
}
