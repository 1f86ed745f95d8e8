// Posts webhooks from a process of its own, over many connections, as fast as they are answered.
import { Pool } from 'undici'
import { bodyOf } from './messages.ts'

const urls = JSON.parse(process.env.BENCH_URLS ?? '[]') as string[]
const connections = Number(process.env.BENCH_CONNECTIONS)
const milliseconds = Number(process.env.BENCH_SECONDS) * 1000
const pool = new Pool(new URL(urls[0] ?? '').origin, { connections })
const paths = urls.map(url => new URL(url).pathname)

let asked = 0
let failed = 0
const latencies: number[] = []
const end = performance.now() + milliseconds
await Promise.all(
  Array.from({ length: connections }, async () => {
    while (performance.now() < end) {
      const started = performance.now()
      const n = asked++
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: paths[n % paths.length] ?? '/',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(bodyOf(n, started)),
      })
      await body.dump()
      if (statusCode === 202) latencies.push(performance.now() - started)
      else failed++
    }
  }),
)
latencies.sort((a, b) => a - b)
const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? null
process.stdout.write(
  JSON.stringify({ durable: latencies.length, failed, milliseconds: { p50: at(0.5), p99: at(0.99) } }),
)
await pool.close()
