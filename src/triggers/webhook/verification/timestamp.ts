// The moment that a sender says a delivery was signed at.

/** Seconds on either side of now in which a signature counts: what Slack, Stripe and Standard Webhooks say. */
const toleranceSeconds = 300

/** True for Unix seconds near `now` (milliseconds); null for what are no Unix seconds. */
export function isRecent(seconds: string, now: number, tolerance = toleranceSeconds): boolean | null {
  if (!/^\d{1,12}$/.test(seconds)) return null
  return Math.abs(now / 1000 - Number(seconds)) <= tolerance
}
