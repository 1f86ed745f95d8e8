// One HTTP exchange through an undici dispatcher: a request out, the whole answer in.
import type { Dispatcher } from 'undici'
import { type Gathered, gather } from './gather.ts'
import type { Limits } from './limits.ts'
import { bodyCap, readBody } from './read-body.ts'
import type { Progress, WireAnswer, WireRequest } from './wire.ts'

export interface Exchange {
  readonly dispatcher: Dispatcher
  /** Where the connection goes; the request's URL says what is asked for. */
  readonly origin: string
  readonly headers: Readonly<Record<string, string>>
  readonly limits: Limits
  readonly signal: AbortSignal
  readonly progress?: Progress | undefined
}

/** Throws what undici throws, and UPSTREAM_INVALID for a body that cannot be read. */
export async function exchange(request: WireRequest, through: Exchange): Promise<WireAnswer> {
  const { dispatcher, origin, limits, signal, progress } = through
  const gathered = await gather(
    dispatcher,
    {
      origin,
      path: `${request.url.pathname}${request.url.search}`,
      method: request.method,
      headers: { ...request.headers, ...through.headers },
      body: request.payload,
      headersTimeout: limits.headersMs,
      bodyTimeout: limits.bodyIdleMs,
    },
    { cap: status => bodyCap(status, limits.responseBytes), signal, progress },
  )
  const { status } = gathered
  const headers = joined(gathered.headers)
  const { body, cut } = await readBody(gathered, headers['content-encoding'] ?? '', limits.responseBytes)
  return { status, headers, body, cut, url: request.url }
}

function joined(headers: Gathered['headers']): Record<string, string> {
  const all: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || name === 'set-cookie') continue
    all[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return all
}
