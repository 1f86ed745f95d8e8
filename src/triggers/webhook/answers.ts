// What senders are answered. A 2xx to a delivery says that the event is stored; nothing tells a stranger more than that.
import type { HandshakeAnswer } from './handshakes/index.ts'

export interface DeliveryAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An answer, and what the metrics call it. */
export interface Told {
  readonly outcome: string
  readonly answer: DeliveryAnswer
}

/** Handshakes reflect what they were asked: no browser may take that for a page. */
const plain = {
  'content-type': 'text/plain; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
}

/** Seconds, in answers that ask for the delivery again. */
const retryAfter = { paused: 300, failed: 10 }

export function told(
  status: number,
  body: string,
  outcome: string,
  headers: Readonly<Record<string, string>> = {},
): Told {
  return { outcome, answer: { status, headers: { ...plain, ...headers }, body } }
}

export function again(why: string, outcome: keyof typeof retryAfter): Told {
  return told(503, `${why} Deliver it again.`, outcome, { 'retry-after': String(retryAfter[outcome]) })
}

/** A paused feed collects nothing. Its sender may keep what it has until the feed is resumed. */
export const paused = () => again('This webhook is paused.', 'paused')

export const ended = () => told(410, 'This webhook has ended.', 'ended')

/** @param seconds until there is room for one */
export const tooFast = (seconds: number) =>
  told(429, 'Deliveries come too fast for one webhook. Deliver it again later.', 'rate_limited', {
    'retry-after': String(seconds),
  })

/** The same for every reason: a forger learns nothing from it. */
export const unverified = () => told(401, 'This is not signed as this webhook asks.', 'unverified')

export function handshaken({ status, body, headers }: HandshakeAnswer): Told {
  return told(status, body, 'handshake', headers)
}
