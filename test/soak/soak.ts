// A soak: one hub on a PostgreSQL under a steady mixed load, looked at all the time. Feeds are polled and delivered to,
// made and deleted; subscribers stay, come and go, or take little; people call an API that spoils one call in five.
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { seeded } from '../conformance/calls/seeded.ts'
import { waitFor } from '../harness/hub.ts'
import type { Told } from '../load/asking.ts'
import { ask } from '../load/callers.ts'
import { judge } from '../load/judge.ts'
import { readLedger } from '../load/ledger.ts'
import { openLiveHeap } from '../load/live-heap.ts'
import { atRest, type Sockets, socketsOf } from '../load/sockets.ts'
import { type AudienceOptions, gather, type Listener } from './audience.ts'
import { endFeeds } from './end-feeds.ts'
import { type FillingOptions, makeFeeds } from './filled-feeds.ts'
import { readHubLog } from './hub-log.ts'
import { passFeeds } from './passing-feed.ts'
import { pause } from './pause.ts'
import { type Sample, sample } from './sample.ts'
import { openSite, type Site } from './site.ts'
import { invite } from './visitors.ts'

export interface SoakOptions extends FillingOptions, AudienceOptions {
  readonly seed: string
  readonly seconds: number
  /** Between two looks at the hub. */
  readonly sampleSeconds: number
  /** URL of a PostgreSQL's maintenance database; the hub gets a database of its own there. */
  readonly server: string
  /** Between two polls of a feed. */
  readonly pollSeconds: number
  /** Subscribers who come and go. */
  readonly visitors: number
  /** Feeds that are made and deleted, at a time. */
  readonly passing: number
  readonly callers: number
  /** Milliseconds between two questions of a caller, on average. */
  readonly callPause: number
  /** Seconds that a caller waits for its last answer. */
  readonly patience: number
}

export interface SoakRun {
  readonly samples: readonly Sample[]
  readonly told: readonly Told[]
  readonly sockets: { readonly before: Sockets; readonly after: Sockets }
  /** What passed, in the words of a report. */
  readonly counts: Readonly<Record<string, number>>
  /** Warnings of the hub that had to come, and how often. */
  readonly warnings: ReadonlyMap<string, number>
  /** Whatever breaks a law, in sentences. */
  readonly faults: readonly string[]
}

/** How long what is under way may take when nothing more is begun. */
const settleSeconds = 120

/** Throws where the hub does not come to rest: no connection left, and no more files open than before. */
export async function runSoak(options: SoakOptions): Promise<SoakRun> {
  await using stack = new AsyncDisposableStack()
  const chance = seeded(options.seed)
  const site = await openSite(stack, options, chance)
  const { hub, client, provider, ledgerApi } = site
  const pid = hub.process.pid ?? 0
  const heap = stack.use(await openLiveHeap(hub))
  const look = () => socketsOf(pid, { own: hub.port, upstream: Number(new URL(ledgerApi.url).port) })
  const before = await look()

  const filling = await makeFeeds(site, options, chance)
  const stay = { url: hub.url, headers: client.headers }
  const enough = new AbortController()
  const broken = new AbortController()
  stack.defer(() => broken.abort())
  stack.defer(() => enough.abort())
  const audience = gather(stack, filling, options, { ...stay, chance, signal: enough.signal })
  await subscribed(site, audience.length)
  const visitors = invite(options.visitors, filling, { ...stay, chance, signal: enough.signal })
  const deliveries = () =>
    total([...audience.map(({ subscriber }) => subscriber), ...visitors], ({ seen }) => seen.length)
  const filled = filling.fill(enough.signal, broken.signal)
  const signals = { enough: enough.signal, broken: broken.signal }
  const passing = Array.from({ length: options.passing }, (_, lane) =>
    passFeeds(lane, { url: hub.url, client, ...signals }),
  )
  const asking = ask({ ...options, url: hub.url, pause: options.callPause, people: [...site.people] })
  const sampling = sample(
    { url: hub.url, pid, heap, look, server: options.server, database: site.database, deliveries },
    options.sampleSeconds,
    enough.signal,
  )
  // A hub that cannot be looked at any more ends it sooner.
  await Promise.race([pause(options.seconds * 1000, broken.signal), sampling])
  enough.abort()

  const samples = await sampling
  await Promise.all([filled, ...visitors.map(({ gone }) => gone)])
  const passed = await Promise.all(passing)
  await everythingSeen(audience)
  const told = await asking
  const seen = deliveries()
  const faults = [
    ...[...audience, ...visitors].flatMap(each => each.faults()),
    ...passed.flatMap(each => each.faults),
    ...provider.faults,
    ...judge(told, await readLedger(ledgerApi.url)),
  ]
  for (const { subscriber } of audience) await subscriber[Symbol.asyncDispose]()
  await endFeeds(client)
  // Whoever kept a connection for another question asks none any more.
  provider.hangUp()
  await getGlobalDispatcher().close()
  setGlobalDispatcher(new Agent())
  const after = await atRest(look, before, settleSeconds)
  // Node waits at its end until whoever inspects it has gone.
  heap[Symbol.dispose]()
  const code = await hub.stop('SIGTERM')
  const { explained, faults: logged } = readHubLog(hub.output())
  const sent = [...filling.webhooks, filling.large].flatMap(each => each.sent ?? [])
  return {
    samples,
    told,
    sockets: { before, after },
    warnings: explained,
    counts: {
      'durable feeds': filling.webhooks.length + filling.polled.length + 1,
      'subscribers who stayed': audience.length,
      'of them slow': options.slow,
      'times that a slow one was disconnected and came back': total(
        audience,
        ({ subscriber }) => subscriber.endings.length,
      ),
      'visits of those who come and go': total(visitors, each => each.visits()),
      'feeds made and deleted': total(passed, each => each.feeds),
      polls: provider.polls(),
      'webhooks answered with a 2xx': total(sent, ({ taken }) => taken.size),
      'webhooks that were sent again': total(sent, ({ attempts, taken }) => attempts - taken.size),
      'events in the logs at the last look': samples.at(-1)?.events ?? 0,
      'events that subscribers saw': seen,
      'calls of people': told.length,
    },
    faults: [...faults, ...logged, ...(code === 0 ? [] : [`The hub ended with ${code}.`])],
  }
}

function total<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0)
}

async function subscribed({ hub }: Site, wanted: number): Promise<void> {
  let found = ''
  await waitFor(
    async () => {
      found = /^junctor_subscribers (\d+)$/m.exec(await (await fetch(`${hub.url}/metrics`)).text())?.[1] ?? ''
      return Number(found) === wanted
    },
    () => `${found} of ${wanted} are subscribed.\n${hub.output()}`,
    settleSeconds,
  )
}

/** Who has not seen everything then is told of by the laws. */
async function everythingSeen(audience: readonly Listener[]): Promise<void> {
  const end = performance.now() + settleSeconds * 1000
  while (audience.some(each => each.lacks() > 0) && performance.now() < end)
    await new Promise(resolve => setTimeout(resolve, 100))
}
