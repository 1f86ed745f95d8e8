// Webhooks made durable in a second, against single INSERTs into the same PostgreSQL; and the way to a client.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { administer } from '../../harness/database-server.ts'
import { waitFor } from '../../harness/hub.ts'
import { machineServerUrl } from '../../harness/machine-server.ts'
import { count, median, table } from '../measure/figures.ts'
import { openClients } from './clients.ts'
import { startHub } from './contenders.ts'
import { ownDatabase } from './own-database.ts'
import type { Part } from './part.ts'
import { eventsOf, publishSteadily } from './steady.ts'

const target = 0.5
/** Of the hub's pool. */
const storeConnections = 10
const senders = 64
const seconds = 5
const manyFeeds = 20
const steady = { seconds: 10, eventsPerSecond: 100 }

const posted = z.object({
  durable: z.number(),
  failed: z.number(),
  milliseconds: z.object({ p50: z.number(), p99: z.number() }),
})
const inserted = z.object({ durable: z.number() })

/** On a PostgreSQL of its own, where the bare INSERTs can go as well. */
export const receiver: Part = async ({ rounds, stack, work, database = machineServerUrl, print }) => {
  const url = await ownDatabase(stack, database)
  const hub = await startHub(stack, work, url)
  await administer(url, 'create table bench_event (like feed_event including all)')
  const more = await Promise.all(Array.from({ length: manyFeeds }, (_, n) => hub.anotherFeed(`bench-${n}`)))
  const kinds = { one: [hub.webhookUrl], many: more }

  const bare: number[] = []
  const done = { one: [] as z.infer<typeof posted>[], many: [] as z.infer<typeof posted>[] }
  for (let turn = 0; turn <= rounds; turn++) {
    const limit = inserted.parse(
      await program('insert-process.ts', {
        BENCH_DATABASE: url,
        BENCH_CONNECTIONS: String(storeConnections),
      }),
    )
    const one = await post(kinds.one)
    const many = await post(kinds.many)
    // The first round warms up.
    if (turn === 0) continue
    bare.push(limit.durable / seconds)
    done.one.push(one)
    done.many.push(many)
  }
  const row = (kind: 'one' | 'many', label: string) => {
    const rates = done[kind].map(round => round.durable / seconds)
    const ratio = median(rates.map((rate, turn) => rate / (bare[turn] ?? Number.NaN)))
    const middle = (which: 'p50' | 'p99') =>
      median(done[kind].map(round => round.milliseconds[which])).toFixed(1)
    const failed = done[kind].reduce((sum, round) => sum + round.failed, 0)
    return [
      label,
      `${count(median(rates))}/s`,
      `${middle('p50')}, ${middle('p99')} ms`,
      count(failed),
      `${ratio.toFixed(2)} × the INSERTs, ${ratio >= target ? 'met' : 'NOT met'}`,
    ]
  }
  print(
    `${table([
      ['what', 'durable', 'answered after p50, p99', 'refused', 'against'],
      [`single INSERTs, ${storeConnections} connections`, `${count(median(bare))}/s`, '', '', ''],
      row('one', `webhooks of one feed, ${senders} senders`),
      row('many', `webhooks of ${manyFeeds} feeds, ${senders} senders`),
    ])}\n`,
  )

  const clients = await openClients(stack, hub.socket, 10)
  await waitFor(
    async () => (await hub.subscribed()) === 10,
    () => 'The clients are not subscribed.',
  )
  const { all } = await clients.expect(eventsOf(steady))
  await publishSteadily(hub, steady)
  const { milliseconds } = await all
  const at = (share: number) =>
    (milliseconds[Math.floor(milliseconds.length * share)] ?? Number.NaN).toFixed(1)
  print(
    `From a sender to ten clients, at ${steady.eventsPerSecond} webhooks a second at most: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms.\n\n`,
  )
}

function post(urls: readonly string[]): Promise<z.infer<typeof posted>> {
  const env = { BENCH_URLS: JSON.stringify(urls), BENCH_CONNECTIONS: String(senders) }
  return program('post-process.ts', env).then(answer => posted.parse(answer))
}

async function program(file: string, env: Readonly<Record<string, string>>): Promise<unknown> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file)], {
    env: { ...process.env, BENCH_SECONDS: String(seconds), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(await text(child.stdout))
}
