// Subscribers who come, stay for some seconds and leave, and come back later with their last cursor.
import type { Chance } from '../conformance/calls/seeded.ts'
import { type NumberedFeed, polledFeed } from '../faults/feeds.ts'
import { overSse, overWebSocket } from '../faults/streams.ts'
import { subscribe } from '../faults/subscriber.ts'
import type { Filling } from './filled-feeds.ts'
import { sawNoGap } from './laws.ts'
import { pause } from './pause.ts'

/** Milliseconds at most. */
const spells = { there: 15_000, away: 8_000 }
/** One in so many comes by server-sent events. */
const sse = 5
/** Feeds that nobody made: they are there because somebody subscribes, and live on for a while without any. */
const ephemeralFeeds = 4

export interface Visitor {
  readonly seen: readonly number[]
  visits(): number
  /** What went wrong, in sentences. */
  faults(): string[]
  /** Resolves behind the last visit. */
  readonly gone: Promise<void>
}

interface VisitorsOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly chance: Chance
  readonly signal: AbortSignal
}

/** So many, over all feeds, come and go until the signal. */
export function invite(count: number, { webhooks, polled }: Filling, options: VisitorsOptions): Visitor[] {
  const feeds = [
    ...webhooks.map(({ feed }) => feed),
    ...polled.slice(0, webhooks.length).map(({ feed }) => feed),
    ...Array.from({ length: ephemeralFeeds }, (_, index) => polledFeed(`nobody's ${index}`)),
  ]
  return Array.from({ length: count }, (_, index) =>
    visitor(`visitor ${index}`, feeds[index % feeds.length] ?? polledFeed('none'), options),
  )
}

function visitor(
  name: string,
  feed: Pick<NumberedFeed, 'name' | 'query' | 'numberOf'> & { readonly id?: string },
  { url, headers, chance, signal }: VisitorsOptions,
): Visitor {
  const seen: number[] = []
  const endings: string[] = []
  const transport = chance.below(sse) === 0 ? overSse : overWebSocket({})
  let visits = 0

  async function run(): Promise<void> {
    let after: string | undefined
    while (await pause(chance.below(spells.away), signal)) {
      visits++
      const subscriber = subscribe({
        urls: [url],
        headers,
        feed: feed.id ?? '',
        numberOf: feed.numberOf,
        chance,
        transport,
        after,
        ...((!feed.id || visits % 2 === 0) && { query: feed.query }),
      })
      await pause(chance.below(spells.there), signal)
      await subscriber[Symbol.asyncDispose]()
      after = subscriber.cursor()
      for (const n of subscriber.seen) seen.push(n)
      endings.push(...subscriber.endings, ...subscriber.errors)
    }
  }

  return {
    seen,
    visits: () => visits,
    faults: () => [
      ...sawNoGap(`${name} of ${feed.name}`, seen),
      ...endings.map(ending => `${name} of ${feed.name} was disconnected: ${ending}`),
    ],
    gone: run(),
  }
}
