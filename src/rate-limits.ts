// Rate limits, many under one roof: a burst goes at once, what is more has its turn later (GCRA: one number for each
// limit, the time at which all that was taken will have had its turn).
import QuickLRU from 'quick-lru'
import type { Clock } from './clock.ts'

/** A limit that nobody has used for long is full, and need not be remembered. */
const mostLimits = 10_000

/** One turn of a limit: milliseconds until it comes, and how to take it. */
export interface Turn {
  readonly waitMs: number
  take(): void
}

export interface RateLimitsOptions {
  readonly clock: Clock
  /** What may go at once, as the time that it takes at the rate. */
  readonly burstMs: number
  /** Nobody takes a turn that is further away. */
  readonly longestWaitMs: number
}

/** The next turn of the limit of that name. */
export type TurnOf = (name: string, perSecond: number) => Turn

export function createRateLimits({ clock, burstMs, longestWaitMs }: RateLimitsOptions): TurnOf {
  const ends = new QuickLRU<string, number>({ maxSize: mostLimits })
  return (name, perSecond) => {
    const now = clock.now()
    // A clock that was set back must not leave a limit closed for as long.
    const end = Math.min(Math.max(ends.get(name) ?? now, now), now + burstMs + longestWaitMs)
    const next = end + 1_000 / perSecond
    return {
      waitMs: Math.max(0, Math.round(next - now - burstMs)),
      take: () => void ends.set(name, next),
    }
  }
}
