// How often one address may try one path. Fixed windows in memory: every instance counts for itself.
import type { BetterAuthRateLimitStorage } from 'better-auth'
import QuickLRU from 'quick-lru'
import type { Clock } from '../clock.ts'

/** At most `max` requests in `window` seconds. */
export interface RateLimit {
  readonly window: number
  readonly max: number
}

export interface RateLimits {
  readonly signIn: RateLimit
  readonly signUp: RateLimit
  /** Every other path of /api/auth. */
  readonly other: RateLimit
}

/** A sign-in costs some 80 ms of CPU (scrypt), so these bound both guessing and load. */
export const usualLimits: RateLimits = {
  signIn: { window: 60, max: 10 },
  signUp: { window: 60, max: 5 },
  other: { window: 60, max: 300 },
}

/** Beyond this many addresses the least recent are forgotten, so that a flood cannot fill the memory. */
const addresses = 20_000

export function createRateLimitStorage(clock: Clock): BetterAuthRateLimitStorage {
  const windows = new QuickLRU<string, { count: number; endsAt: number }>({ maxSize: addresses })
  return {
    async consume(key, rule) {
      const now = clock.now()
      const current = windows.get(key)
      if (!current || now >= current.endsAt) {
        windows.set(key, { count: 1, endsAt: now + rule.window * 1000 })
        return { allowed: true, retryAfter: null }
      }
      if (current.count >= rule.max)
        return { allowed: false, retryAfter: Math.ceil((current.endsAt - now) / 1000) }
      current.count += 1
      return { allowed: true, retryAfter: null }
    },
  }
}
