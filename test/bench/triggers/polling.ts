// Many feeds: is each polled when it is due, and what does that cost? The feeds are rows of the store, made from one that
// was made as everybody makes them; their first polls are spread over one interval.
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { signUp } from '../../harness/client.ts'
import { machineServerUrl } from '../../harness/machine-server.ts'
import { against, count, megabytes, table } from '../measure/figures.ts'
import { cpuSeconds, residentMegabytes } from '../measure/machine.ts'
import { type MeasuredHub, startMeasuredHub } from '../measure/measured-hub.ts'
import { ownDatabase } from './own-database.ts'
import type { Part, PartOptions } from './part.ts'
import { polledDocument, startPolledApi } from './polled-api.ts'
import { readSeries, type Series } from './series.ts'

interface Load {
  readonly feeds: number
  readonly intervalSeconds: number
  readonly hubs: number
  /** What the 99th hundredth of the dispatch lags is held against. */
  readonly boundSeconds: number
}

/** Before it is measured, and while it is. */
const seconds = { warm: 30, measured: 120 }

/** 10,000 feeds polled every 60 s by one hub. */
export const polling: Part = options =>
  measure(options, { feeds: 10_000, intervalSeconds: 60, hubs: 1, boundSeconds: 1 })

/** 100,000 feeds polled every 10 minutes by two hubs on one PostgreSQL. */
export const pollingOfTwo: Part = options =>
  measure(options, { feeds: 100_000, intervalSeconds: 600, hubs: 2, boundSeconds: 2 })

async function measure({ database, stack, work, print }: PartOptions, load: Load): Promise<void> {
  const url = await ownDatabase(stack, database ?? machineServerUrl)
  const api = stack.use(await startPolledApi())
  const env = {
    DATABASE_URL: url,
    JUNCTOR_ALLOW_PRIVATE: api.origin,
    JUNCTOR_KEYS: `bench:${Buffer.alloc(32, 7).toString('base64')}`,
  }
  const hubs: MeasuredHub[] = []
  for (let hub = 0; hub < load.hubs; hub++)
    hubs.push(stack.use(await startMeasuredHub({ dataFolder: join(work, `hub-${hub}`), env })))
  const client = new Client({ connectionString: url })
  await client.connect()
  stack.defer(() => client.end())
  await makeFeeds(hubs, client, api.origin, load)
  await pause(seconds.warm * 1000)
  const before = await look(hubs, client)
  await pause(seconds.measured * 1000)
  print(report(load, before, await look(hubs, client)))
}

async function makeFeeds(
  [hub]: readonly MeasuredHub[],
  client: Client,
  origin: string,
  { feeds, intervalSeconds }: Load,
): Promise<void> {
  if (!hub) throw new Error('There is no hub.')
  const ada = await signUp(hub.url)
  await ada.query(
    'mutation ($document: String!) { importConnector(input: { name: "polled", document: $document }) { connector { name } } }',
    { document: polledDocument(origin) },
  )
  await ada.query(
    'mutation ($seconds: Int!) { createFeed(input: { field: "polled_onThing", intervalSeconds: $seconds }) { id } }',
    { seconds: intervalSeconds },
  )
  await client.query(
    `insert into feed (id, organization_id, owner_id, connector, import_id, operation_id, field, kind, arguments, binding,
       status, durable, interval_seconds, interval_chosen, start, next_due_at)
     select gen_random_uuid(), organization_id, owner_id, connector, import_id, operation_id, field, kind, arguments,
       gen_random_uuid()::text, 'STARTING', true, interval_seconds, true, start,
       now() + make_interval(secs => $2 * random())
     from feed, generate_series(2, $1::int)`,
    [feeds, intervalSeconds],
  )
  await client.query('analyze feed')
}

interface Look {
  readonly at: number
  readonly series: Series
  readonly hubCpu: number
  readonly storeCpu: number
  readonly hubMegabytes: readonly number[]
}

async function look(hubs: readonly MeasuredHub[], client: Client): Promise<Look> {
  const { rows } = await client.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database()',
  )
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)
  return {
    at: performance.now(),
    series: await readSeries(hubs.map(({ url }) => `${url}/metrics`)),
    hubCpu: sum(await Promise.all(hubs.map(({ pid }) => cpuSeconds(pid)))),
    storeCpu: sum(await Promise.all(rows.map(({ pid }) => cpuSeconds(pid).catch(() => 0)))),
    hubMegabytes: await Promise.all(hubs.map(async ({ pid }) => (await residentMegabytes(pid)) ?? 0)),
  }
}

function report({ feeds, intervalSeconds, hubs, boundSeconds }: Load, before: Look, after: Look): string {
  const elapsed = (after.at - before.at) / 1000
  const lag = after.series.quantiles('junctor_feed_dispatch_lag_seconds', before.series)
  const polls = after.series.total('junctor_polls_total') - before.series.total('junctor_polls_total')
  const failed =
    polls -
    (after.series.total('junctor_polls_total', 'outcome="ok"') -
      before.series.total('junctor_polls_total', 'outcome="ok"'))
  const cores = (cpu: 'hubCpu' | 'storeCpu') => ((after[cpu] - before[cpu]) / elapsed).toFixed(2)
  return `${table([
    [`${count(feeds)} feeds, every ${intervalSeconds} s, hubs: ${hubs}`, ''],
    [
      'polls a second (due: a second)',
      `${(polls / elapsed).toFixed(1)} (${(feeds / intervalSeconds).toFixed(1)})`,
    ],
    ['polls that failed', count(failed)],
    ['dispatch lag p50, p99 (at most)', `${lag(0.5)} s, ${lag(0.99)} s`],
    [`p99 under ${boundSeconds} s`, against(lag(0.99), boundSeconds)],
    ['cores used by the hubs, by PostgreSQL for them', `${cores('hubCpu')}, ${cores('storeCpu')}`],
    ['resident memory of each hub', after.hubMegabytes.map(megabytes).join(', ')],
  ])}\n`
}
