// One HTTP exchange through an undici dispatcher: a request out, the answer in, whole or with its body left in the
// connection.
import type { Dispatcher } from 'undici'
import { type Gathered, gather } from './gather.ts'
import type { Limits } from './limits.ts'
import { openBody } from './open-body.ts'
import { bodyCap, collect, isWhole, readBody } from './read-body.ts'
import type { Progress, WireAnswer, WireRequest } from './wire.ts'

export interface Exchange {
  readonly dispatcher: Dispatcher
  /** Where the connection goes; the request's URL says what is asked for. */
  readonly origin: string
  readonly headers: Readonly<Record<string, string>>
  readonly limits: Limits
  readonly signal: AbortSignal
  readonly progress?: Progress | undefined
  /** What an error of the connection is to the caller. */
  readonly failure: (cause: unknown) => unknown
}

/** Throws the failure of what undici throws, and UPSTREAM_INVALID for a body that cannot be read. */
export async function exchange(request: WireRequest, through: Exchange): Promise<WireAnswer> {
  const { dispatcher, limits, signal, progress } = through
  try {
    if (request.leaveBody && request.method !== 'HEAD') return await openExchange(request, through)
    const cap = (status: number) => bodyCap(status, limits.responseBytes)
    const gathered = await gather(dispatcher, dispatched(request, through), { cap, signal, progress })
    const headers = joined(gathered.headers)
    const encoding = headers['content-encoding']
    const { body, cut } =
      encoding === undefined && !gathered.cut
        ? gathered
        : await readBody(gathered, encoding ?? '', limits.responseBytes)
    return { status: gathered.status, headers, body, cut, url: request.url }
  } catch (error) {
    throw through.failure(error)
  }
}

/** An answer within 2xx with its body left to whoever reads it; an error whole, as always. */
async function openExchange(request: WireRequest, through: Exchange): Promise<WireAnswer> {
  const { limits, signal, progress, failure } = through
  const dispatcher = progress ? through.dispatcher.compose(noting(progress)) : through.dispatcher
  const answer = await dispatcher.request({ ...dispatched(request, through), signal })
  progress?.answered()
  const status = answer.statusCode
  const headers = joined(answer.headers)
  const encoding = headers['content-encoding'] ?? ''
  if (isWhole(status)) {
    const contentLength = headers['content-length']
    const left = openBody({ stream: answer.body, encoding, contentLength, failure })
    return { status, headers, body: new Uint8Array(), cut: false, url: request.url, left }
  }
  const raw = await collect(answer.body, bodyCap(status, limits.responseBytes))
  const { body, cut } = await readBody({ status, ...raw }, encoding, limits.responseBytes)
  return { status, headers, body, cut, url: request.url }
}

function dispatched(request: WireRequest, { origin, headers, limits }: Exchange): Dispatcher.DispatchOptions {
  return {
    origin,
    path: `${request.url.pathname}${request.url.search}`,
    method: request.method,
    headers: { ...request.headers, ...headers },
    body: request.payload,
    headersTimeout: limits.headersMs,
    bodyTimeout: limits.bodyIdleMs,
  }
}

/** Notes when undici has a connection and writes the request: each handler passes on what it is told. */
function noting(progress: Progress): Dispatcher.DispatcherComposeInterceptor {
  return dispatch => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        progress.sent()
        handler.onRequestStart?.(controller, context)
      },
      onResponseStart: (...head) => handler.onResponseStart?.(...head),
      onResponseData: (...data) => handler.onResponseData?.(...data),
      onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
      onResponseError: (...failure) => handler.onResponseError?.(...failure),
    })
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
