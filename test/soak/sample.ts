// A running hub looked at every few seconds, from outside: what it holds, what it has open, how late it polls.
import { cpus } from 'node:os'
import { Client } from 'pg'
import { cpuSeconds, residentMegabytes, waitedSeconds } from '../bench/measure/machine.ts'
import { readSeries, type Series } from '../bench/triggers/series.ts'
import type { LiveHeap } from '../load/live-heap.ts'
import type { Sockets } from '../load/sockets.ts'
import { pause } from './pause.ts'

export interface Sample {
  /** Since the load began. */
  readonly seconds: number
  /** Right after the hub was told to collect garbage. */
  readonly liveMegabytes: number
  readonly residentMegabytes: number
  readonly sockets: Sockets
  /** Of the hub to PostgreSQL. */
  readonly databaseConnections: number
  /** Upper bound, of the polls since the sample before. */
  readonly lagP99Seconds: number
  /** In the logs so far. */
  readonly events: number
  /** What subscribers have seen so far. */
  readonly deliveries: number
  /** Processors that the hub used since the sample before. */
  readonly hubCores: number
  /** Part of the time since the sample before that its main thread was ready to run and had no processor. */
  readonly hubWaited: number
  /** Part of the machine that was busy since the sample before, with whatever. */
  readonly machineBusy: number
}

export interface Sampled {
  readonly url: string
  readonly pid: number
  readonly heap: LiveHeap
  readonly look: () => Promise<Sockets>
  /** Of the maintenance database, and the name of the hub's own. */
  readonly server: string
  readonly database: string
  readonly deliveries: () => number
}

/** Looks every so many seconds until the signal, and gives what was seen. */
export async function sample(hub: Sampled, everySeconds: number, signal: AbortSignal): Promise<Sample[]> {
  const client = new Client({ connectionString: hub.server })
  await client.connect()
  const started = performance.now()
  const samples: Sample[] = []
  let before = await usage(hub)
  try {
    while (await pause(everySeconds * 1000, signal)) {
      const now = await usage(hub)
      const elapsed = (now.at - before.at) / 1000
      const { rows } = await client.query<{ connections: number }>(
        'select count(*)::int as connections from pg_stat_activity where datname = $1',
        [hub.database],
      )
      samples.push({
        seconds: (now.at - started) / 1000,
        liveMegabytes: await hub.heap.measure(),
        residentMegabytes: (await residentMegabytes(hub.pid)) ?? Number.NaN,
        sockets: await hub.look(),
        databaseConnections: rows[0]?.connections ?? Number.NaN,
        lagP99Seconds: now.series.quantiles('junctor_feed_dispatch_lag_seconds', before.series)(0.99),
        events: now.series.total('junctor_events_total'),
        deliveries: hub.deliveries(),
        hubCores: (now.cpu - before.cpu) / elapsed,
        hubWaited: (now.waited - before.waited) / elapsed,
        machineBusy: 1 - (now.idle - before.idle) / (now.all - before.all),
      })
      before = now
    }
  } finally {
    await client.end()
  }
  return samples
}

interface Usage {
  readonly at: number
  readonly series: Series
  readonly cpu: number
  readonly waited: number
  readonly idle: number
  readonly all: number
}

async function usage({ url, pid }: Sampled): Promise<Usage> {
  const times = cpus().map(each => each.times)
  return {
    at: performance.now(),
    series: await readSeries([`${url}/metrics`]),
    cpu: await cpuSeconds(pid),
    waited: await waitedSeconds(pid),
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    all: times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0),
  }
}
