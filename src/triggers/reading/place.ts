// A place at a feed, taken: what a subscriber reads by, and leaves.

import { type Feed, type FeedEvent, type FeedRow, feedOf } from '../feeds/index.ts'
import { pageReader, type ReadOptions, type ReadPage, readFeed, upTo } from './read-feed.ts'

/** A place at a feed, which lives while somebody has one. */
export interface Subscription {
  readonly feed: Feed
  /** The sequence behind which the subscriber's events begin. */
  readonly position: number
  /** The sequence with which they are complete; null where they go on. */
  readonly until: number | null
  /**
   * Reads what is behind a sequence, whichever; see `ReadPage`. As long as any subscriber is at the feed it works,
   * also after this one left: one reader may serve many.
   */
  readonly page: ReadPage
  /** Gives the place up, as the signal does. May be called more than once. */
  leave(): void
  /** One by one, from `position`: in order, without gap or repeat. End it by `return()` or by the signal. */
  readonly events: AsyncIterable<FeedEvent>
}

interface Taken extends Omit<ReadOptions, 'feedId'> {
  readonly row: FeedRow
  /** The sequence behind which the subscriber's events begin. */
  readonly from: number
  /** The sequence of the last one; null for no last one. */
  readonly until: number | null
  /** Gives the place up when it aborts. */
  readonly signal: AbortSignal
}

export function takePlace({ row, from, until, signal, membership, ...reading }: Taken): Subscription {
  const { leave } = membership
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  const feed = feedOf(row)
  const whole = pageReader({ ...reading, membership, feedId: feed.id })
  const page = until === null ? whole : upTo(until, whole)
  return {
    feed,
    position: from,
    until,
    page,
    leave() {
      signal.removeEventListener('abort', leave)
      leave()
    },
    get events() {
      return readFeed(page, from, signal, leave)
    },
  }
}
