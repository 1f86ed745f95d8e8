// Registrations that end by themselves: when, and when to register anew before that. The format says nothing of it
// (connector-format §5.2, Renewal), so what an answer says is believed only under names that mean nothing else.
import { isJsonObject, type Json } from '../../json.ts'

/** `expirationDateTime`: Microsoft Graph. `expiration`: Google's channels, milliseconds as text. */
const names = ['expirationDateTime', 'expiration', 'expiresAt', 'expires_at'] as const

const minute = 60_000
const hour = 60 * minute
/** Later than this is no expiry, but a way to say that there is none. */
const longest = 366 * 24 * hour

/** The moment that the answer to a registration names; null where it names none, or one that cannot be meant. */
export function expiryOf(answer: Json, now: number): number | null {
  for (const name of names) {
    const moment = isJsonObject(answer) ? momentOf(answer[name]) : null
    if (moment !== null && moment > now + minute && moment < now + longest) return moment
  }
  return null
}

/**
 * When to register anew: a fifth of its life before a registration ends, or an hour where that is more, but not in the
 * first half. Where the old one cannot be deleted, as late as a minute before, for both deliver until then.
 */
export function renewalOf(expiry: number, now: number, deletable: boolean): number {
  const life = expiry - now
  return expiry - Math.min(deletable ? Math.max(life / 5, hour) : minute, life / 2)
}

/**
 * The registration's body for another time: `expirationDateTime`, which Microsoft Graph wants to be told, as far ahead
 * as it was when the feed was made (`since`).
 */
export function withFreshExpiry(body: Json, since: number, now: number): Json {
  if (!isJsonObject(body)) return body
  const moment = momentOf(body.expirationDateTime)
  if (moment === null || moment <= since) return body
  return { ...body, expirationDateTime: new Date(now + moment - since).toISOString() }
}

/** ISO 8601 with a time, Unix seconds or milliseconds. */
function momentOf(value: Json | undefined): number | null {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string') return null
  if (/^\d{13}$/.test(text)) return Number(text)
  if (/^\d{10}$/.test(text)) return Number(text) * 1000
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null
  const moment = Date.parse(text)
  return Number.isNaN(moment) ? null : moment
}
