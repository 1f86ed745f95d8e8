// Spans: what the hub did, how long it took and how it ended. Whoever makes one knows no library; where spans are not
// configured there is no Tracing at all, `?.` leaves everything out, and the SDK is never loaded.
import type { Config } from '../config.ts'
import type { Logger } from './logger.ts'

/** Never a query string, a header, a body or an argument: whoever reads spans may not be who may see those. */
export type SpanAttributes = Readonly<Record<string, string | number>>

export interface SpanStart {
  /** Of low cardinality: spans are grouped by it. */
  readonly name: string
  /** What the span stands for: a request to the hub, a step inside it, or a request to somebody else. */
  readonly kind: 'server' | 'internal' | 'client'
  readonly attributes: SpanAttributes
}

export interface Span {
  /** Begins a span inside this one. */
  start(span: SpanStart): Span
  /** Ends it; with the kind of the failure (a code, a status) it ends as an error. Once. */
  end(attributes: SpanAttributes, failure: string | null): void
}

export interface Tracing extends AsyncDisposable {
  /** Begins a span inside the one that a W3C `traceparent` names; in a trace of its own where that is null or malformed. */
  start(span: SpanStart, traceparent: string | null): Span
}

/** Opens what the configuration asks for: null where it asks for nothing. Disposing sends what is still held back. */
export async function openTracing(settings: Config['tracing'], logger: Logger): Promise<Tracing | null> {
  if (!settings) return null
  const { openExport } = await import('./span-export.ts')
  return openExport(settings, logger)
}
