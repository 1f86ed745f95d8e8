// Spans through the OpenTelemetry SDK to a collector, by OTLP over HTTP. The provider is the hub's own and not the
// process's: libraries that make spans by themselves put into them what the hub does not export.
import {
  type Context,
  ROOT_CONTEXT,
  type Span as SdkSpan,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { TracingSettings } from '../config.ts'
import type { Logger } from './logger.ts'
import type { Span, SpanStart, Tracing } from './tracing.ts'

const kinds = { server: SpanKind.SERVER, internal: SpanKind.INTERNAL, client: SpanKind.CLIENT }

/** Milliseconds for one batch, attempts and all: so long may the end of the hub wait for a collector that hangs. */
const timeoutMillis = 3_000

export function openExport(settings: TracingSettings, logger: Logger): Tracing {
  const exporter = telling(
    new OTLPTraceExporter({ url: settings.endpoint, timeoutMillis }),
    new URL(settings.endpoint).origin,
    logger,
  )
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': settings.serviceName })),
    sampler: samplerOf(settings),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('junctor')

  const begin = ({ name, kind, attributes }: SpanStart, parent: Context): Span => {
    const span = tracer.startSpan(name, { kind: kinds[kind], attributes: { ...attributes } }, parent)
    return {
      start: inner => begin(inner, trace.setSpan(ROOT_CONTEXT, span)),
      end(last, failure) {
        span.setAttributes({ ...last })
        if (failure !== null) fail(span, failure)
        span.end()
      },
    }
  }
  return {
    start: (span, traceparent) => begin(span, contextOf(traceparent)),
    // What could not be sent is in the log already.
    [Symbol.asyncDispose]: () => provider.shutdown().catch(() => {}),
  }
}

/** The status has no description: the message of an error may name what the caller gave. */
function fail(span: SdkSpan, failure: string): void {
  span.setAttribute('error.type', failure)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

/**
 * W3C Trace Context §3.2: version, trace, parent, flags; a later version may have more. `tracestate` is left where it
 * is: it is free text, and the hub passes it on to nobody.
 */
function contextOf(traceparent: string | null): Context {
  const [, version, traceId = '', spanId = '', flags = '', more] =
    /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(traceparent?.trim() ?? '') ?? []
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined))
    return ROOT_CONTEXT
  // The SDK takes a parent of zeros for none.
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}

function samplerOf({ sampler, samplerRatio }: TracingSettings): Sampler {
  const [, parentBased, which] = /^(parentbased_)?(.*)$/.exec(sampler) ?? []
  const root =
    which === 'always_off'
      ? new AlwaysOffSampler()
      : which === 'traceidratio'
        ? new TraceIdRatioBasedSampler(samplerRatio)
        : new AlwaysOnSampler()
  return parentBased ? new ParentBasedSampler({ root }) : root
}

/** The exporter, with its failures in the log: once, until it works again. */
function telling(exporter: SpanExporter, collector: string, logger: Logger): SpanExporter {
  let failing = false
  return {
    export: (spans, done) =>
      exporter.export(spans, result => {
        const failed = result.error !== undefined
        if (failed && !failing)
          logger.warn(
            { reason: result.error?.message },
            `Spans do not reach ${collector} and are lost; check OTEL_EXPORTER_OTLP_ENDPOINT and the collector.`,
          )
        if (!failed && failing) logger.info(`Spans reach ${collector} again.`)
        failing = failed
        done(result)
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  }
}
