// What an error was caused by, for the operator's log and without a secret: a policy may have made the host from one,
// and resolver, TLS and undici name the host in their messages.
import { inspect } from 'node:util'
import type { Redactor } from './redactor.ts'

/** The cause itself where it tells no secret, else what it says, redacted. */
export function redactedCause(cause: unknown, redactor: Redactor): unknown {
  if (cause === undefined) return undefined
  const told = inspect(cause, { depth: 10, showHidden: true })
  const clean = redactor.redact(told)
  if (clean === told) return cause
  const copy = new Error(redactor.redact(cause instanceof Error ? cause.message : clean))
  copy.stack = clean
  return copy
}
