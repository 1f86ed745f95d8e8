// When a feed is due next. Pure: the same feed at the same moment gets the same answer on every instance.
import { createHash } from 'node:crypto'

const dayMilliseconds = 24 * 3600 * 1000

/** Where in its interval a feed is polled: spreads feeds of equal interval evenly. Milliseconds, in [0, interval). */
export function spreadOffset(feedId: string, intervalMilliseconds: number): number {
  return Math.floor(fraction(feedId) * intervalMilliseconds)
}

/**
 * Milliseconds from `now` to the feed's next slot: slots lie one interval apart at the feed's own offset, and one
 * that is nearer than half an interval is left out. So in [interval / 2, interval * 1.5).
 */
export function untilNextSlot(feedId: string, intervalMilliseconds: number, now: number): number {
  const earliest = now + intervalMilliseconds / 2
  const offset = spreadOffset(feedId, intervalMilliseconds)
  const slots = Math.ceil((earliest - offset) / intervalMilliseconds)
  return offset + slots * intervalMilliseconds - now
}

/**
 * Milliseconds to wait after a number of failures in a row: the interval, doubled for each further failure, up to
 * `maximum` (or the interval where that is longer), with up to a tenth taken off so that feeds do not retry in step;
 * never less than the interval.
 */
export function backoff(
  feedId: string,
  failures: number,
  intervalMilliseconds: number,
  maximumMilliseconds: number,
): number {
  const ceiling = Math.max(intervalMilliseconds, maximumMilliseconds)
  const doubled = Math.min(ceiling, intervalMilliseconds * 2 ** Math.min(failures - 1, 40))
  const jittered = doubled * (1 - 0.1 * fraction(`${feedId}:${failures}`))
  return Math.max(intervalMilliseconds, Math.round(jittered))
}

export interface PollOutcome {
  readonly feedId: string
  readonly intervalSeconds: number
  /** True where a person chose the interval. */
  readonly intervalChosen: boolean
  readonly minimumSeconds: number
  /** What the API asked for; null where it did not. */
  readonly retryAfterSeconds: number | null
  /** True where the answer was 200. */
  readonly fired: boolean
  readonly now: number
}

/**
 * Milliseconds to the next poll after a poll that worked. The API's Retry-After wins, but after an answer without
 * events a chosen interval of a minute or more is a floor (connector-format §5.4), and 0 asks for nothing then.
 */
export function untilNextPoll(outcome: PollOutcome): number {
  const interval = Math.max(outcome.intervalSeconds, outcome.minimumSeconds)
  const slot = untilNextSlot(outcome.feedId, interval * 1000, outcome.now)
  const { retryAfterSeconds } = outcome
  if (retryAfterSeconds === null || (retryAfterSeconds === 0 && !outcome.fired)) return slot
  const asked = Math.min(Math.max(retryAfterSeconds, outcome.minimumSeconds) * 1000, dayMilliseconds)
  const floored = !outcome.fired && outcome.intervalChosen && outcome.intervalSeconds >= 60
  return floored ? Math.max(asked, slot) : asked
}

/** A number in [0, 1) that is the same for the same text everywhere. */
function fraction(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}
