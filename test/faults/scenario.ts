// Numbered items go from a provider through hubs that are killed, stopped and cut off, to subscribers that come back.
// In the end everything is counted.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Chance, seeded } from '../conformance/calls/seeded.ts'
import { clientOf, type HubClient, signUp } from '../harness/client.ts'
import { waitFor } from '../harness/hub.ts'
import { type Chaos, type Mishap, wreak } from './chaos.ts'
import { createPolledFeed, createWebhookFeed, type NumberedFeed } from './feeds.ts'
import { host, type Provider, startProvider, writeNumbersConnector } from './provider.ts'
import { type Subscriber, subscribe } from './subscriber.ts'
import type { SupervisedHub } from './supervised-hub.ts'
import { type Logged, verdict } from './verdict.ts'
import { type Sent, sendWebhooks } from './webhook-sender.ts'

/** Deliveries that are under way at once. */
const lanes = 8

export interface FaultsOptions extends Chaos {
  readonly seed: string
  /** Numbered items of each polled feed, and of the webhook. */
  readonly items: number
  readonly polledFeeds: number
  readonly subscribersEach: number
  readonly leaseSeconds: number
  /** How long the hubs may take to bring everything in order when nothing goes wrong any more. */
  readonly settleSeconds: number
}

export interface FaultsRun {
  readonly counts: ReadonlyMap<string, number>
  readonly starts: number
  readonly kills: number
  readonly polls: number
  readonly deliveries: number
  readonly reconnections: number
  readonly events: number
  readonly faults: readonly string[]
}

/** What differs between one hub with its own database and many that share one. */
export interface Installation {
  readonly hubs: readonly SupervisedHub[]
  readonly mishaps: readonly Mishap[]
}

/** What an installation is made from. */
export interface Site {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly chance: Chance
  readonly stack: AsyncDisposableStack
}

export async function runFaults(
  options: FaultsOptions,
  install: (site: Site) => Promise<Installation>,
): Promise<FaultsRun> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'junctor-faults-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const chance = seeded(options.seed)
  const provider = stack.use(await startProvider(chance))
  await writeNumbersConnector(join(folder, 'connectors'))
  const env = {
    JUNCTOR_CONNECTORS: join(folder, 'connectors'),
    JUNCTOR_ORIGINS: `https://${host}=${provider.origin}`,
    JUNCTOR_ALLOW_PRIVATE: provider.origin,
    JUNCTOR_LEASE_SECONDS: String(options.leaseSeconds),
  }
  const { hubs, mishaps } = await install({ folder, env, chance, stack })
  await ready(hubs)
  const [first] = hubs
  if (!first) throw new Error('No hub.')
  const client = await signUp(first.url)
  const feeds = await createFeeds(client, options.polledFeeds)
  const urls = hubs.map(hub => hub.url)
  const subscribers = new Map<string, Subscriber[]>()
  for (const { id, numberOf } of feeds)
    subscribers.set(
      id,
      Array.from({ length: options.subscribersEach }, () =>
        stack.use(subscribe({ urls, headers: client.headers, feed: id, numberOf, chance })),
      ),
    )
  const all = [...subscribers.values()].flat()
  await allSubscribed(urls, client, all.length)

  const sent: Sent = { attempts: 0, taken: new Set() }
  const stopping = new AbortController()
  stack.defer(() => stopping.abort())
  const send = (from: number, to: number, pause: () => number) =>
    sendWebhooks({
      hubs: urls,
      path: feeds[0]?.webhookPath ?? '',
      lanes: from === to ? 1 : lanes,
      signal: stopping.signal,
      from,
      to,
      pause,
      chance,
      sent,
    })
  // With the first item everybody has a cursor to come back with.
  provider.release(1)
  await send(1, 1, () => 0)
  await waitFor(
    async () => all.every(({ seen }) => seen.length === 1),
    () => `The first item is not with everybody.\n${first.output()}`,
  )

  const duration = options.kills * options.pace * 1.6
  let calm = false
  const sending = send(2, options.items, () => (calm ? 0 : (duration * lanes) / options.items))
  const releasing = releaseSlowly(provider, options.items, duration, stopping.signal)
  const { counts } = await wreak({ mishaps, hubs }, options, chance)
  calm = true
  await Promise.all([sending, releasing])
  await ready(hubs, options.settleSeconds)
  let problem = ''
  await waitFor(
    async () => {
      problem = all.find(({ seen }) => seen.length < options.items) ? 'a subscriber misses items' : ''
      return problem === ''
    },
    () =>
      `It does not come to rest: ${problem}; ${all.map(({ seen }) => seen.length).join()}; ${all.flatMap(each => each.errors).slice(-3)}\n${hubs.map(hub => hub.output()).join('\n')}`,
    options.settleSeconds,
  )
  const logs = new Map<string, Logged[]>()
  for (const { id, numberOf } of feeds) logs.set(id, await readLog(client, id, numberOf))
  return {
    counts,
    starts: hubs.reduce((sum, hub) => sum + hub.starts(), 0),
    kills: hubs.reduce((sum, hub) => sum + hub.kills(), 0),
    polls: provider.polls(),
    deliveries: sent.attempts,
    reconnections: all.reduce((sum, each) => sum + each.connections() - 1, 0),
    events: [...logs.values()].reduce((sum, log) => sum + log.length, 0),
    faults: [
      ...provider.faults,
      ...feeds.flatMap(({ id, name, kind }) =>
        verdict({
          name,
          log: logs.get(id) ?? [],
          items: options.items,
          inOrder: kind === 'POLLING',
          taken: kind === 'WEBHOOK' ? sent.taken : new Set(),
          seen: (subscribers.get(id) ?? []).map(({ seen }) => seen),
        }),
      ),
      ...all.flatMap(({ errors }) => errors.filter(text => text.includes('CURSOR_'))),
    ],
  }
}

/** The webhook's first. */
async function createFeeds(client: HubClient, polled: number): Promise<NumberedFeed[]> {
  const feeds = [await createWebhookFeed(client, 'webhook')]
  for (let index = 0; index < polled; index++) feeds.push(await createPolledFeed(client, `f${index}`))
  return feeds
}

async function ready(hubs: readonly SupervisedHub[], seconds = 120): Promise<void> {
  for (const hub of hubs)
    await waitFor(
      async () =>
        (await fetch(`${hub.url}/ready`, { signal: AbortSignal.timeout(5_000) }).catch(() => null))?.ok ===
        true,
      () => `The hub at ${hub.url} does not get ready.\n${hub.output()}`,
      seconds,
    )
}

/** Each hub counts its own. */
async function allSubscribed(urls: readonly string[], client: HubClient, wanted: number): Promise<void> {
  await waitFor(
    async () => {
      const counted = await Promise.all(
        urls.map(url =>
          clientOf(url, client.email, client.headers).query<{
            feeds: { nodes: { subscribers: number }[] }
          }>('{ feeds { nodes { subscribers } } }'),
        ),
      )
      return (
        counted.flatMap(({ feeds }) => feeds.nodes).reduce((sum, { subscribers }) => sum + subscribers, 0) ===
        wanted
      )
    },
    () => 'Not everybody is subscribed.',
  )
}

async function releaseSlowly(
  provider: Provider,
  items: number,
  duration: number,
  signal: AbortSignal,
): Promise<void> {
  const step = duration / items
  for (let item = 2; item <= items && !signal.aborted; item++) {
    await new Promise(resolve => setTimeout(resolve, step))
    provider.release(item)
  }
}

async function readLog(
  client: HubClient,
  feed: string,
  numberOf: (data: unknown) => number,
): Promise<Logged[]> {
  const log: Logged[] = []
  for (let after: string | null = null; ; ) {
    const { feed: found }: FeedLog = await client.query<FeedLog>(
      'query ($feed: ID!, $after: String) { feed(id: $feed) { events(first: 500, after: $after) { nodes { id data } pageInfo { hasNextPage endCursor } } } }',
      { feed, after },
    )
    log.push(...found.events.nodes.map(({ id, data }) => ({ key: id, n: numberOf(data) })))
    if (!found.events.pageInfo.hasNextPage) return log
    after = found.events.pageInfo.endCursor
  }
}

interface FeedLog {
  readonly feed: {
    readonly events: {
      readonly nodes: readonly { readonly id: string; readonly data: unknown }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    }
  }
}
