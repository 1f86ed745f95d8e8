// Telemetry: facts about what the hub does flow in; logs (pino), metrics (Prometheus) flow out, redacted.
export { createLogger, type Logger } from './logger.ts'
export { createMetrics, type Metrics } from './metrics.ts'
