// How often an API is called through one connection and through one connector. A burst of a second's calls goes out at
// once, what is more waits for its turn, and what would wait too long is refused.
import type { Clock } from '../../clock.ts'
import { JunctorError } from '../../errors.ts'
import { createRateLimits, type Turn } from '../../rate-limits.ts'
import { longestWaitMs } from './backoff.ts'
import { wait } from './wait.ts'

/** Calls a second; 0 is no limit. */
export interface CallRates {
  readonly connection: number
  readonly connector: number
}

export const withoutLimits: CallRates = { connection: 0, connector: 0 }

export type RateLimit = keyof CallRates

export interface RatedCaller {
  readonly connector: string
  readonly connection: string | null
}

interface Options {
  readonly rates: CallRates
  readonly clock: Clock
  readonly onLimited: (caller: RatedCaller, limit: RateLimit, outcome: 'waited' | 'refused') => void
}

const burstMs = 1_000

const subjects: Readonly<Record<RateLimit, string>> = {
  connection: 'The connection',
  connector: 'The connector',
}

interface LimitTurn extends Turn {
  readonly limit: RateLimit
}

/** Resolves when the call may be made. Throws RATE_LIMITED with the seconds after which there is room again. */
export type TakeTurn = (caller: RatedCaller, signal: AbortSignal) => Promise<void>

export function createCallRates({ rates, clock, onLimited }: Options): TakeTurn {
  const next = createRateLimits({ clock, burstMs, longestWaitMs })

  function turnOf(limit: RateLimit, name: string): LimitTurn | null {
    return rates[limit] === 0 ? null : { limit, ...next(`${limit} ${name}`, rates[limit]) }
  }

  return async (caller, signal) => {
    const turns = [
      caller.connection === null ? null : turnOf('connection', caller.connection),
      turnOf('connector', caller.connector),
    ].filter(turn => turn !== null)
    const slowest = turns.reduce<LimitTurn | null>(
      (slow, turn) => (turn.waitMs > (slow?.waitMs ?? 0) ? turn : slow),
      null,
    )
    if (slowest && slowest.waitMs > longestWaitMs) {
      onLimited(caller, slowest.limit, 'refused')
      throw refused(slowest, rates)
    }
    for (const turn of turns) turn.take()
    if (!slowest) return
    onLimited(caller, slowest.limit, 'waited')
    await wait(slowest.waitMs, clock, signal)
  }
}

function refused({ limit, waitMs }: LimitTurn, rates: CallRates): JunctorError {
  const retryAfter = Math.ceil(waitMs / 1_000)
  return new JunctorError(
    'RATE_LIMITED',
    `${subjects[limit]} is used for more calls than the hub makes with one (${rates[limit]} a second), and those that wait take ${longestWaitMs / 1_000} seconds already; try again in ${retryAfter} seconds.`,
    { details: { retryAfter } },
  )
}
