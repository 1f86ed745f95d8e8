// Load from a process of its own: npm's autocannon.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { z } from 'zod'

const program = join(import.meta.dirname, 'load-process.mjs')
const connections = 10

const result = z.object({
  requests: z.object({ average: z.number(), total: z.number() }),
  latency: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
  errors: z.number(),
  timeouts: z.number(),
  non2xx: z.number(),
  mismatches: z.number(),
})

export interface Load {
  /** Requests in a second. */
  readonly rate: number
  readonly requests: number
  /** Of one request, the slowest one in a hundred, and the slowest. */
  readonly milliseconds: { readonly p50: number; readonly p99: number; readonly max: number }
  /** Requests that failed, or answered anything but what was expected. */
  readonly failed: number
}

export interface LoadOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: string
  /** The answer that every request must get, to the byte. */
  readonly expected: string
  readonly seconds: number
  /** Requests in a second; left out: as many as the hub answers. */
  readonly rate?: number
}

/** Ten connections that ask again as soon as they are answered, or at a fixed rate. */
export async function load(options: LoadOptions): Promise<Load> {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(
    JSON.stringify({
      url: `${options.url}/graphql`,
      method: 'POST',
      headers: { ...options.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query: options.query }),
      expectBody: options.expected,
      connections,
      duration: options.seconds,
      ...(options.rate === undefined ? {} : { overallRate: Math.round(options.rate) }),
    }),
  )
  const { requests, latency, errors, timeouts, non2xx, mismatches } = result.parse(
    JSON.parse(await text(child.stdout)),
  )
  return {
    rate: requests.average,
    requests: requests.total,
    milliseconds: latency,
    failed: errors + timeouts + Math.max(non2xx, mismatches),
  }
}
