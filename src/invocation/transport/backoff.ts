// How long to wait before a call is made again: longer each time, and not all callers at the same moment.

/** Attempts after the first one. */
export const mostRetries = 2

/** Someone is waiting for the answer: whatever would take longer is reported instead. */
export const longestWaitMs = 5_000

const firstWaitMs = 250
const growth = 4

/**
 * Milliseconds before the next attempt, or null where the API asks for more time than anybody waits. Between half
 * and the whole of 250 ms, 1 s, 4 s …, behind what the API asks for, and never more than `longestWaitMs`.
 * @param retry how many retries there were
 * @param askedSeconds the API's Retry-After
 * @param random at least 0 and less than 1
 */
export function backoff(retry: number, askedSeconds: number, random: number): number | null {
  const asked = askedSeconds * 1_000
  if (asked > longestWaitMs) return null
  const whole = Math.min(longestWaitMs, firstWaitMs * growth ** retry)
  return Math.min(longestWaitMs, asked + Math.round((whole * (1 + random)) / 2))
}
