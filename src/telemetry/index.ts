// Telemetry: facts about what the hub does flow in; logs (pino), metrics (Prometheus) and, where configured, spans
// (OpenTelemetry) flow out, redacted.
export { createLogger, type Logger } from './logger.ts'
export { createMetrics, type Metrics } from './metrics.ts'
export { openTracing, type Span, type SpanAttributes, type Tracing } from './tracing.ts'
