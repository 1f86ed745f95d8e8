// A place at a feed, taken: what a subscriber reads by, and leaves.

import type { Subscription } from './engine.ts'
import { type FeedRow, feedOf } from './feed-row.ts'
import { pageReader, type ReadOptions, readFeed } from './read-feed.ts'

interface Taken extends Omit<ReadOptions, 'feedId'> {
  readonly row: FeedRow
  /** The sequence behind which the subscriber's events begin. */
  readonly from: number
  /** Gives the place up when it aborts. */
  readonly signal: AbortSignal
}

export function takePlace({ row, from, signal, membership, ...reading }: Taken): Subscription {
  const { leave } = membership
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  const feed = feedOf(row)
  const page = pageReader({ ...reading, membership, feedId: feed.id })
  return {
    feed,
    position: from,
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
