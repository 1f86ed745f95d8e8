// Feeds that are made, tell three things to one subscriber, and are deleted.
import { seeded } from '../conformance/calls/seeded.ts'
import { createWebhookFeed } from '../faults/feeds.ts'
import { overWebSocket } from '../faults/streams.ts'
import { subscribe } from '../faults/subscriber.ts'
import { sendWebhooks } from '../faults/webhook-sender.ts'
import type { HubClient } from '../harness/client.ts'
import { waitFor } from '../harness/hub.ts'
import { sawAll } from './laws.ts'
import { pause } from './pause.ts'

const deliveries = 3
/** Milliseconds from one to the next. */
const between = 1_000

export interface PassingOptions {
  readonly url: string
  readonly client: HubClient
  readonly enough: AbortSignal
  readonly broken: AbortSignal
}

export interface Passed {
  feeds: number
  readonly faults: string[]
}

/** One after the other until it is enough. */
export async function passFeeds(lane: number, options: PassingOptions): Promise<Passed> {
  const passed: Passed = { feeds: 0, faults: [] }
  while (await pause(between, options.enough))
    try {
      passed.faults.push(...(await passFeed(`passing-${lane}-${passed.feeds++}`, options)))
    } catch (error) {
      passed.faults.push(String(error))
    }
  return passed
}

async function passFeed(name: string, { url, client, broken }: PassingOptions): Promise<string[]> {
  const chance = seeded(name)
  const feed = await createWebhookFeed(client, name)
  await using subscriber = subscribe({
    urls: [url],
    headers: client.headers,
    feed: feed.id,
    numberOf: feed.numberOf,
    chance,
    transport: overWebSocket({}),
  })
  await waitFor(
    async () => (await subscribersOf(client, feed.id)) === 1,
    () => `Nobody is subscribed to ${name}.`,
  )
  await sendWebhooks({
    hubs: [url],
    path: feed.webhookPath,
    from: 1,
    to: deliveries,
    lanes: 1,
    pause: () => 0,
    chance,
    sent: { attempts: 0, taken: new Set() },
    signal: broken,
  })
  await waitFor(
    async () => subscriber.seen.length >= deliveries,
    () => `${name} told ${subscriber.seen.length} of ${deliveries}.`,
  )
  await client.query('mutation ($id: ID!) { deleteFeed(id: $id) }', { id: feed.id })
  await waitFor(
    async () => subscriber.endings.length > 0,
    () => `Who was subscribed to ${name} is not told that it ended.`,
  )
  const late = await fetch(`${url}${feed.webhookPath}`, { method: 'POST', body: '{}' })
  await late.arrayBuffer()
  return [
    ...sawAll(name, subscriber.seen, deliveries),
    ...(subscriber.endings[0]?.includes('FEED_ENDED')
      ? []
      : [`Who was subscribed to ${name} was told: ${subscriber.endings[0]} ${subscriber.errors[0] ?? ''}`]),
    ...(late.ok ? [`${name} took a delivery when it was deleted.`] : []),
  ]
}

async function subscribersOf(client: HubClient, id: string): Promise<number> {
  const { feed } = await client.query<{ feed: { subscribers: number } }>(
    'query ($id: ID!) { feed(id: $id) { subscribers } }',
    { id },
  )
  return feed.subscribers
}
