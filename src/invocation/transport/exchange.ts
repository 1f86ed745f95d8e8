// One HTTP exchange through an undici dispatcher: a request out, the whole answer in.
import type { Dispatcher } from 'undici'
import type { Limits } from './limits.ts'
import { readBody } from './read-body.ts'
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
  const { limits, progress } = through
  const dispatcher = progress ? through.dispatcher.compose(noting(progress)) : through.dispatcher
  const answer = await dispatcher.request({
    origin: through.origin,
    path: `${request.url.pathname}${request.url.search}`,
    method: request.method,
    headers: { ...request.headers, ...through.headers },
    body: request.payload,
    headersTimeout: limits.headersMs,
    bodyTimeout: limits.bodyIdleMs,
    signal: through.signal,
  })
  progress?.answered()
  const headers = joined(answer.headers)
  const status = answer.statusCode
  const whole = status >= 200 && status < 300
  const { body, cut } =
    request.method === 'HEAD'
      ? { body: await drained(answer.body), cut: false }
      : await readBody(
          { stream: answer.body, encoding: headers['content-encoding'] ?? '', whole },
          limits.responseBytes,
        )
  return { status, headers, body, cut, url: request.url }
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

async function drained(body: Dispatcher.ResponseData['body']): Promise<Uint8Array> {
  await body.dump()
  return new Uint8Array()
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name === 'set-cookie'
      ? []
      : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  )
  return Object.fromEntries(entries)
}
