// Retries, two at most. What may be repeated is, after a broken connection or from a gateway that is busy; anything is
// where the API says 429 with Retry-After: it has done nothing yet (RFC 6585 §4) and says when it will.
import type { Clock } from '../../clock.ts'
import { backoff, mostRetries } from './backoff.ts'
import { isBrokenConnection } from './failure.ts'
import { retryAfterSeconds } from './retry-after.ts'
import { wait } from './wait.ts'
import type { Send, WireAnswer } from './wire.ts'

const busy = new Set([502, 503, 504])

export type RetryReason = 'busy' | 'broken' | 'throttled'

export interface Retrying {
  /** Made twice, the call does what it does once: it is safe, or carries an idempotency key. */
  readonly repeatable: boolean
  readonly clock: Clock
  /** At least 0 and less than 1. */
  readonly random: () => number
  readonly onRetry: (reason: RetryReason) => void
}

interface Retry {
  readonly reason: RetryReason
  readonly waitMs: number
}

/** `send` that tries again. The last answer or failure is the caller's. */
export function retrying(send: Send, how: Retrying): Send {
  return async (request, signal) => {
    for (let retry = 0; ; retry++) {
      let again: Retry | null
      try {
        const answer = await send(request, signal)
        again = retry < mostRetries ? afterAnswer(answer, retry, how) : null
        if (!again) return answer
      } catch (error) {
        again = retry < mostRetries ? afterFailure(error, retry, how) : null
        if (!again) throw error
      }
      how.onRetry(again.reason)
      await wait(again.waitMs, how.clock, signal)
    }
  }
}

function afterAnswer(
  { status, headers }: WireAnswer,
  retry: number,
  { repeatable, clock, random }: Retrying,
): Retry | null {
  if (status !== 429 && !busy.has(status)) return null
  const asked = retryAfterSeconds(headers['retry-after'], clock)
  const reason =
    status === 429 && asked !== null ? 'throttled' : busy.has(status) && repeatable ? 'busy' : null
  const waitMs = reason && backoff(retry, asked ?? 0, random())
  return reason && waitMs !== null ? { reason, waitMs } : null
}

function afterFailure(error: unknown, retry: number, { repeatable, random }: Retrying): Retry | null {
  const waitMs = repeatable && isBrokenConnection(error) ? backoff(retry, 0, random()) : null
  return waitMs === null ? null : { reason: 'broken', waitMs }
}
