// One call under watch: a span for it and for each exchange with the API, bytes counted, and exchanges told to whom asked.
import type { Clock } from '../../clock.ts'
import { isJunctorError } from '../../errors.ts'
import type { Metrics, Span, SpanAttributes, Tracing } from '../../telemetry/index.ts'
import type { Invocation } from '../invocation.ts'
import type { CallMeans } from '../perform-call.ts'
import type { Redactor } from '../response/redactor.ts'
import { countedBody } from '../transport/open-body.ts'
import type { Progress, Send, WatchedSend, WireAnswer, WireRequest } from '../transport/wire.ts'
import { startChain } from './chain.ts'
import { type ExchangeTimings, type ToldExchange, toldRequest } from './told-exchange.ts'

interface Watching {
  readonly clock: Clock
  readonly metrics: Metrics
  readonly tracing: Tracing | null
}

interface Watched {
  /** The means of the call, watched. */
  readonly means: CallMeans
  /** The call is over, with a status class or the code of an error. */
  end(outcome: string, failed: boolean): void
}

/** Watches one call. Costs two counters where nobody looks. */
export function watchCall(
  invocation: Invocation,
  labels: ReturnType<Metrics['operationLabels']>,
  means: CallMeans,
  redactor: Redactor,
  watching: Watching,
): Watched {
  const { metrics, clock } = watching
  const { operation } = invocation
  const tell = invocation.watch?.tell ?? null
  const span = startSpan(invocation, watching.tracing)
  // Some packages keep constants of the query in the path.
  const template = span ? operation.path.replace(/\?.*$/s, '') : ''
  const chain = startChain()

  const watched =
    (send: WatchedSend): Send =>
    async (request, signal) => {
      const { resends, elsewhere } = chain.next(request)
      const sent = span?.start({
        name: `${request.method} ${template}`,
        kind: 'client',
        attributes: requestAttributes(request, template, redactor, resends),
      })
      const requestBytes = byteLength(request.payload)
      if (requestBytes > 0) metrics.upstreamRequestBytes.inc(labels, requestBytes)
      const watch = tell && stopwatch(clock)
      const end = (answer: WireAnswer | null, failure: ToldExchange['error']): void => {
        sent?.end(...spanEnd(answer, failure))
        if (!tell || !watch) return
        tell({
          ...toldRequest(request, redactor, elsewhere),
          status: answer?.status ?? null,
          error: failure,
          timings: watch.stop(),
          requestBytes,
          responseBytes: answer && !answer.left ? answer.body.byteLength : null,
        })
      }
      try {
        const answer = counted(await send(request, signal, watch?.progress), bytes =>
          metrics.upstreamResponseBytes.inc(labels, bytes),
        )
        chain.answered(answer)
        end(answer, null)
        return answer
      } catch (error) {
        end(null, isJunctorError(error) ? error.code : 'ABORTED')
        throw error
      }
    }

  return {
    means: {
      ...means,
      upstream: { send: watched(means.upstream.send) },
      webapps: { sender: (...about) => watched(means.webapps.sender(...about)) },
    },
    end: (outcome, failed) => span?.end({ 'junctor.outcome': outcome }, failed ? outcome : null),
  }
}

/** Bytes count when they are here. */
function counted(answer: WireAnswer, count: (bytes: number) => void): WireAnswer {
  if (answer.left) return { ...answer, left: countedBody(answer.left, count) }
  count(answer.body.byteLength)
  return answer
}

function spanEnd(
  answer: WireAnswer | null,
  failure: ToldExchange['error'],
): [attributes: SpanAttributes, failure: string | null] {
  if (!answer) return [{}, failure]
  const { status } = answer
  return [{ 'http.response.status_code': status }, status >= 400 ? String(status) : null]
}

function startSpan({ definition, operation, watch }: Invocation, tracing: Tracing | null): Span | null {
  if (!tracing) return null
  const start = {
    name: `${definition.name} ${operation.id}`,
    kind: 'internal',
    attributes: { 'junctor.connector': definition.name, 'junctor.operation': operation.id },
  } as const
  return watch?.span ? watch.span.start(start) : tracing.start(start, null)
}

/**
 * HTTP client spans of OpenTelemetry's semantic conventions. Without `url.full`: a path has arguments in it, and for
 * some APIs the credential; the template says which call it was. A host, too, may have been made from a secret.
 */
function requestAttributes(
  { method, url }: WireRequest,
  template: string,
  redactor: Redactor,
  resends: number,
): SpanAttributes {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  return {
    'http.request.method': method,
    'server.address': redactor.redact(url.hostname),
    'server.port': port,
    'url.scheme': url.protocol.slice(0, -1),
    'url.template': template,
    ...(resends === 0 ? {} : { 'http.request.resend_count': resends }),
  }
}

function stopwatch(clock: Clock): { readonly progress: Progress; stop(): ExchangeTimings } {
  const started = clock.now()
  let sent: number | null = null
  let firstByte: number | null = null
  return {
    progress: {
      sent: () => {
        sent = clock.now() - started
      },
      answered: () => {
        firstByte = clock.now() - started
      },
    },
    stop: () => ({ sent, firstByte, total: clock.now() - started }),
  }
}

function byteLength(payload: WireRequest['payload']): number {
  if (payload === null) return 0
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength
}
