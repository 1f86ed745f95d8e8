// The feeds that are there all the time, and what fills them: numbered items, from 1, until it is enough.
import type { Chance } from '../conformance/calls/seeded.ts'
import { createPolledFeed, createWebhookFeed, type NumberedFeed } from '../faults/feeds.ts'
import { type Sent, sendWebhooks } from '../faults/webhook-sender.ts'
import { pause } from './pause.ts'
import type { Site } from './site.ts'

export interface FilledFeed {
  readonly feed: NumberedFeed
  /** The last number that it was given: all that were answered with a 2xx, or released to polls. */
  readonly last: () => number
  /** Deliveries to its webhook; null for a polled feed. */
  readonly sent: Sent | null
}

export interface Filling {
  readonly webhooks: readonly FilledFeed[]
  /** One webhook feed more, whose events are large. */
  readonly large: FilledFeed
  readonly polled: readonly FilledFeed[]
  /** Gives items until `enough`; resolves when nothing is under way any more. */
  fill(enough: AbortSignal, broken: AbortSignal): Promise<void>
}

export interface FillingOptions {
  readonly webhookFeeds: number
  /** To each of them, on average. */
  readonly webhooksPerSecond: number
  readonly polledFeeds: number
  /** Between two items of each polled feed. */
  readonly itemSeconds: number
}

/** Characters of a large event: some of them fill what the system keeps for a socket. */
const largeEvent = 128_000
const largePerSecond = 2
/** Polled feeds are made by so many at once. */
const lanes = 8

export async function makeFeeds(
  { hub, client, provider }: Site,
  options: FillingOptions,
  chance: Chance,
): Promise<Filling> {
  let released = 0
  const webhook = async (name: string): Promise<FilledFeed> => {
    const sent: Sent = { attempts: 0, taken: new Set() }
    return { feed: await createWebhookFeed(client, name), sent, last: () => sent.taken.size }
  }
  const webhooks: FilledFeed[] = []
  for (let index = 0; index < options.webhookFeeds; index++) webhooks.push(await webhook(`w${index}`))
  const large = await webhook('large')
  const polled: FilledFeed[] = []
  let left = options.polledFeeds
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (left > 0)
        polled.push({ feed: await createPolledFeed(client, `p${left--}`), sent: null, last: () => released })
    }),
  )

  async function release(enough: AbortSignal): Promise<void> {
    while (await pause(options.itemSeconds * 1000, enough)) provider.release(++released)
  }

  return {
    webhooks,
    large,
    polled,
    async fill(enough, broken) {
      const send = ({ feed, sent }: FilledFeed, perSecond: number, padding = '') =>
        sent === null
          ? Promise.resolve()
          : sendWebhooks({
              hubs: [hub.url],
              path: feed.webhookPath,
              from: 1,
              to: Number.POSITIVE_INFINITY,
              // One after the other, so that they are in order.
              lanes: 1,
              pause: () => chance.below(2_000 / perSecond),
              padding,
              chance,
              sent,
              enough,
              signal: broken,
            })
      await Promise.all([
        release(enough),
        ...webhooks.map(each => send(each, options.webhooksPerSecond)),
        send(large, largePerSecond, 'x'.repeat(largeEvent)),
      ])
    },
  }
}
