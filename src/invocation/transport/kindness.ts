// Kindness to upstream: what is between a call and the wire so that an API is not asked too often, not asked again
// without need, and left alone while it is down. The libraries for this (cockatiel, rate-limiter-flexible) read the
// time and draw lots themselves; here both are handed in.
import type { Clock } from '../../clock.ts'
import type { Metrics } from '../../telemetry/index.ts'
import type { Substitutes } from '../egress/substitutes.ts'
import type { Invocation } from '../invocation.ts'
import { type CallRates, createCallRates, type RatedCaller } from './call-rates.ts'
import { createCircuits } from './circuits.ts'
import { followingRedirects } from './redirects.ts'
import { retrying } from './retries.ts'
import type { Send } from './wire.ts'

export interface KindnessOptions {
  readonly clock: Clock
  /** At least 0 and less than 1. */
  readonly random: () => number
  readonly metrics: Metrics
  readonly rates: CallRates
  readonly substitutes: Substitutes
}

export interface Kindness {
  /**
   * `send` that follows redirects and tries again. Each request of it, redirects and retries too, waits for its turn
   * in the caller's rate limits and passes the circuit of its origin. Throws RATE_LIMITED, CIRCUIT_OPEN.
   */
  sender(send: Send, caller: RatedCaller, how: SendHow): Send
}

export interface SendHow {
  /** Made twice, the call does what it does once. */
  readonly repeatable: boolean
  /** False gives the answer that redirects, itself. */
  readonly followRedirects?: boolean
}

/** By what the calls of an invocation are counted. */
export function callerOf({ definition, connection }: Invocation): RatedCaller {
  return { connector: definition.name, connection: connection?.id ?? null }
}

/** Its limits and circuits are this hub's own: every instance counts for itself. */
export function createKindness({ clock, random, metrics, rates, substitutes }: KindnessOptions): Kindness {
  const takeTurn = createCallRates({
    rates,
    clock,
    onLimited: ({ connector }, limit, outcome) =>
      metrics.upstreamRateLimited.inc({ connector: metrics.connectorLabel(connector), limit, outcome }),
  })
  const circuits = createCircuits({
    clock,
    onOpen: connector => metrics.upstreamCircuitsOpened.inc({ connector: metrics.connectorLabel(connector) }),
  })
  return {
    sender(send, caller, { repeatable, followRedirects = true }) {
      const { connector } = caller
      const once: Send = async (request, signal) => {
        const { origin } = request.url
        // Nobody waits for a turn that cannot be used.
        circuits.assertClosed(connector, origin)
        await takeTurn(caller, signal)
        const passage = circuits.enter(connector, origin)
        try {
          const answer = await send(request, signal)
          passage.answered(answer)
          return answer
        } catch (error) {
          passage.failed(error)
          throw error
        }
      }
      return retrying(followRedirects ? followingRedirects(once, substitutes) : once, {
        repeatable,
        clock,
        random,
        onRetry: reason =>
          metrics.upstreamRetries.inc({ connector: metrics.connectorLabel(connector), reason }),
      })
    },
  }
}
