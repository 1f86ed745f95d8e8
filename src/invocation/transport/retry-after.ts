import type { Clock } from '../../clock.ts'

/** Reads Retry-After, seconds or an HTTP date (RFC 9110 §10.2.3), as whole seconds from now; null where there is none. */
export function retryAfterSeconds(header: string | undefined, clock: Clock): number | null {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - clock.now()) / 1_000))
}
