// Structured logs with redaction. Secrets are opaque objects already; the paths below catch what libraries print.
import pino, { type DestinationStream } from 'pino'

export type Logger = pino.Logger

const redactedPaths = ['authorization', 'cookie', 'password', 'secret', 'token', 'apiKey', 'api_key'].flatMap(
  name => [name, `*.${name}`, `headers["${name}"]`, `*.headers["${name}"]`],
)

/** A logger that writes JSON lines to `destination` (standard output where none is given). */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service: 'junctor' },
    redact: { paths: redactedPaths, censor: '[redacted]' },
    serializers: { error: pino.stdSerializers.err },
  }
  return destination ? pino(options, destination) : pino(options)
}
