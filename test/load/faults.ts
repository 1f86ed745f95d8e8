// What the API does instead of answering, to one call in five; and what a caller may be told of it.
import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { Chance } from '../conformance/calls/seeded.ts'

export const done = z.enum([
  'answered',
  /** Right, but in pieces over some seconds. */
  'dripped',
  'failed',
  'unavailable',
  /** Nothing was done, and the caller shall come again in a second. */
  'throttled',
  /** The same, in a minute. */
  'throttled-long',
  /** The connection is reset before anything is answered. */
  'reset',
  /** The connection ends in the middle of the body. */
  'cut',
  /** Half of the JSON under a right head. */
  'truncated',
  /** Never answered. */
  'hung',
])
export type Done = z.infer<typeof done>

/** Of a thousand calls; what is left is answered. */
const shares: readonly (readonly [Done, number])[] = [
  ['dripped', 15],
  ['failed', 50],
  ['unavailable', 10],
  ['throttled', 45],
  ['throttled-long', 5],
  ['reset', 30],
  ['cut', 15],
  ['truncated', 20],
  ['hung', 10],
]

export function drawn(chance: Chance): Done {
  let left = chance.below(1000)
  for (const [done, share] of shares) {
    if (left < share) return done
    left -= share
  }
  return 'answered'
}

const json = { 'content-type': 'application/json' }
const dripPieces = 5
const dripMilliseconds = 300

/** Does it: `right` is the whole answer. */
export async function act(done: Done, right: string, response: ServerResponse): Promise<void> {
  if (done === 'answered') response.writeHead(200, json).end(right)
  else if (done === 'dripped') await drip(right, response)
  else if (done === 'failed') response.writeHead(500, json).end('{"error":"The ledger is out of ink."}')
  else if (done === 'unavailable') response.writeHead(503, json).end('{"error":"Nobody is in."}')
  else if (done === 'throttled') response.writeHead(429, { ...json, 'retry-after': '1' }).end('{}')
  else if (done === 'throttled-long') response.writeHead(429, { ...json, 'retry-after': '60' }).end('{}')
  else if (done === 'reset') response.socket?.resetAndDestroy()
  else if (done === 'truncated') response.writeHead(200, json).end(half(right))
  else if (done === 'cut') {
    response.writeHead(200, { ...json, 'content-length': Buffer.byteLength(right) })
    response.write(half(right), () => response.destroy())
  }
}

async function drip(right: string, response: ServerResponse): Promise<void> {
  response.writeHead(200, json)
  const size = Math.ceil(right.length / dripPieces)
  for (let at = 0; at < right.length; at += size) {
    response.write(right.slice(at, at + size))
    await new Promise(resolve => setTimeout(resolve, dripMilliseconds))
  }
  response.end()
}

const half = (text: string) => text.slice(0, text.length / 2)
