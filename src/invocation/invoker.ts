// The invoker: calls in, answers or errors out, each of them measured, logged without secrets and bounded in time.
import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { OriginSubstitute } from '../config.ts'
import { isJunctorError, JunctorError } from '../errors.ts'
import type { Logger, Metrics, Tracing } from '../telemetry/index.ts'
import { startDeadline } from './call-deadline.ts'
import { createEgressGuard, type EgressGuardOptions } from './egress/guard.ts'
import { createSubstitutes } from './egress/substitutes.ts'
import { relayThroughHooks } from './hooks/index.ts'
import type { Invocation, InvocationResult, Invoker, WebappSockets } from './invocation.ts'
import { openedBody } from './opened-body.ts'
import { type BodyWish, type Performed, performCall } from './perform-call.ts'
import { redactedCause } from './response/redacted-cause.ts'
import { createRedactor, type Redactor } from './response/redactor.ts'
import { type CallRates, withoutLimits } from './transport/call-rates.ts'
import { createKindness } from './transport/kindness.ts'
import { defaultLimits, type Limits } from './transport/limits.ts'
import { openUpstream } from './transport/upstream.ts'
import { openWebappTransport } from './transport/webapp.ts'
import { watchCall } from './watch/watched.ts'

export interface InvokerOptions {
  /** Origins (scheme://host:port) that may resolve to private addresses. */
  readonly allowPrivate: readonly string[]
  /** Origins whose calls go elsewhere; a substitute may be private, since the operator named it. */
  readonly origins: readonly OriginSubstitute[]
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** Makes spans; none where it is null or left out. */
  readonly tracing?: Tracing | null
  readonly webapps: WebappSockets
  readonly limits?: Partial<Limits>
  /** How often APIs are called; without limits where none are given. */
  readonly rates?: CallRates
  /** At least 0 and less than 1, for the backoff; Math.random where none is given. */
  readonly random?: () => number
  /** A new value for an Idempotency-Key; a random UUID where none is given. */
  readonly newIdempotencyKey?: () => string
  /** Name resolution; the system's where none is given. */
  readonly resolve?: NonNullable<EgressGuardOptions['resolve']>
}

/** Opens the invoker. Its connections open on first use and end when it is disposed. */
export function createInvoker(options: InvokerOptions): Invoker {
  const { clock, logger, metrics } = options
  const limits = { ...defaultLimits, ...options.limits }
  const substitutes = createSubstitutes(options.origins)
  const guard = createEgressGuard({
    allowPrivate: [...options.allowPrivate, ...options.origins.map(({ to }) => to)],
    ...(options.resolve ? { resolve: options.resolve } : {}),
  })
  const upstream = openUpstream(guard, substitutes, limits)
  const webapps = openWebappTransport(options.webapps, limits)
  const { rates = withoutLimits, random = Math.random, newIdempotencyKey = randomUUID } = options
  const kindness = createKindness({ clock, random, metrics, rates, substitutes })
  const hooks = options.webapps
  const means = { upstream, webapps, hooks, substitutes, clock, limits, kindness, newIdempotencyKey }
  const watching = { clock, metrics, tracing: options.tracing ?? null }

  const observe = (
    { definition: { name }, operation: { id } }: Invocation,
    { connector, operation }: ReturnType<Metrics['operationLabels']>,
    outcome: string,
    started: number,
  ): void => {
    const seconds = (clock.now() - started) / 1_000
    metrics.upstreamCalls.observe({ connector, operation, outcome }, seconds)
    // A refusal is either a setting that is missing or somebody who tries: the operator should see it.
    logger[outcome === 'EGRESS_REFUSED' ? 'warn' : 'debug'](
      { connector: name, operation: id, outcome, seconds },
      'upstream call',
    )
  }

  /** Performs the call; `finish` makes of the answer what the caller gets, within the time of the call. */
  async function perform<T extends { readonly status: number }>(
    invocation: Invocation,
    wish: BodyWish,
    finish: (result: Performed, told: (error: unknown) => unknown) => T | Promise<T>,
  ): Promise<T> {
    const started = clock.now()
    const redactor = createRedactor(invocation.connection, invocation.callback)
    const told = (error: unknown) => (isJunctorError(error) ? named(error, invocation, redactor) : error)
    using deadline = startDeadline(clock, limits.totalMs, invocation.signal)
    const labels = metrics.operationLabels(invocation.definition.name, invocation.operation.id)
    const watched = watchCall(invocation, labels, means, redactor, watching)
    try {
      // A body that is left is still the caller's to break off when the call is over.
      const signal = wish === 'left' ? AbortSignal.any([invocation.signal, deadline.signal]) : deadline.signal
      const performed = await performCall(invocation, watched.means, redactor, signal, wish)
      const finished = finish(performed, told)
      const result = finished instanceof Promise ? await finished : finished
      const outcome = statusClass(result.status)
      observe(invocation, labels, outcome, started)
      watched.end(outcome, false)
      return result
    } catch (error) {
      const outcome = outcomeOf(error)
      observe(invocation, labels, outcome, started)
      watched.end(outcome, true)
      throw told(error)
    }
  }

  return {
    call: invocation => perform<InvocationResult>(invocation, 'read', result => result),
    open: invocation =>
      perform(invocation, 'left', async (result, told) => {
        const { status, headers } = result
        const { signal } = invocation
        return { status, headers, body: await openedBody(result, { limits, clock, signal, told }) }
      }),
    async relay(invocation, notification) {
      const { definition, connection, callback } = invocation
      const redactor = createRedactor(connection, callback)
      const socketPath = () => hooks.socketPath(definition, connection?.authentication.name ?? null)
      using deadline = startDeadline(clock, limits.totalMs, invocation.signal)
      try {
        const relaying = { socketPath, clock, limits }
        return await relayThroughHooks(invocation, notification, relaying, deadline.signal)
      } catch (error) {
        throw isJunctorError(error) ? named(error, invocation, redactor) : error
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([upstream[Symbol.asyncDispose](), webapps[Symbol.asyncDispose]()])
    },
  }
}

function outcomeOf(error: unknown): string {
  if (!isJunctorError(error)) return 'ABORTED'
  const status = error.details.http?.status
  return status === undefined ? error.code : statusClass(status)
}

function statusClass(status: number): string {
  return `${Math.floor(status / 100)}xx`
}

/** The error with connector and operation, and no secret in it: a host may have been made from one. */
function named(error: JunctorError, { definition, operation }: Invocation, redactor: Redactor): JunctorError {
  return new JunctorError(error.code, redactor.redact(error.message), {
    cause: redactedCause(error.cause, redactor),
    details: { ...error.details, connector: definition.name, operation: operation.id },
  })
}
