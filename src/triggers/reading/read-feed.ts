// A feed's log as somebody reads it: from a position on, page by page, then whatever comes. In order, without gap or
// repeat; nothing is held between two pages.
import type { Clock } from '../../clock.ts'
import { JunctorError } from '../../errors.ts'
import type { FeedEvent, FeedId } from '../feeds/index.ts'
import {
  cursorExpired,
  type EventPage,
  type EventPages,
  type FeedStanding,
  type LoggedEvent,
} from '../log/index.ts'
import { pause } from '../time/index.ts'
import type { Membership, Readers } from './readers.ts'

/** Milliseconds before a page is read again that the store could not give. */
const retryDelay = 500

export interface ReadOptions {
  readonly clock: Clock
  readonly pages: EventPages
  readonly readers: Readers
  readonly feedId: FeedId
  readonly membership: Membership
  /** True for a webhook action: after its one event the stream is complete. */
  readonly once: boolean
}

/**
 * The events behind `from`: at least one where it `waits`, else none at the end of the log. Null where the stream is
 * complete or the signal has aborted. Throws FEED_ENDED when the feed has ended and its log is read, CURSOR_EXPIRED at
 * a place where events are missing, STORE_UNAVAILABLE at shutdown.
 */
export type ReadPage = (
  from: number,
  signal: AbortSignal,
  waits: boolean,
) => Promise<readonly LoggedEvent[] | null>

/** A feed as it is read from any place, by any number at once. */
export function pageReader(options: ReadOptions): ReadPage {
  const { pages, readers, clock, feedId, membership, once } = options
  return async function readPage(from, signal, waits) {
    while (!signal.aborted) {
      if (readers.closed) throw shuttingDown()
      const generation = membership.generation()
      const page = await pages.behind(feedId, from, generation)
      if (!page) {
        // The store failed. When it is back nothing is missing, so a subscriber need not notice.
        await pause(retryDelay, clock, signal)
        continue
      }
      throwAtGap(feedId, from, page)
      if (page.events.length > 0) return upToGap(from, page.events)
      if (isOver(feedId, page.standing, once)) return null
      if (!waits) return []
      await membership.news(generation, signal)
    }
    return null
  }
}

/** The feed up to the sequence, with which it is complete. */
export function upTo(last: number, readPage: ReadPage): ReadPage {
  return async (from, signal, waits) => {
    const page = from >= last ? null : await readPage(from, signal, waits)
    return page?.filter(({ sequence }) => sequence <= last) ?? null
  }
}

/** One event after the other from `from` on; ends when the signal aborts or `return` is called, also while it waits. */
export function readFeed(
  readPage: ReadPage,
  from: number,
  leaving: AbortSignal,
  leave: () => void,
): AsyncIterableIterator<FeedEvent, undefined> {
  const left = new AbortController()
  const events = stream(readPage, from, AbortSignal.any([leaving, left.signal]), leave)
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: () => events.next(),
    // A generator that waits cannot be returned from; the abort wakes it first.
    async return() {
      left.abort()
      leave()
      await events.return(undefined)
      return { done: true, value: undefined }
    },
  }
}

async function* stream(
  readPage: ReadPage,
  from: number,
  signal: AbortSignal,
  leave: () => void,
): AsyncGenerator<FeedEvent, undefined> {
  let position = from
  try {
    for (;;) {
      const page = await readPage(position, signal, true)
      if (!page) return
      for (const event of page) {
        if (signal.aborted) return
        position = event.sequence
        yield event
      }
    }
  } finally {
    leave()
  }
}

/** What is behind a gap is read, and refused, when its turn comes. */
function upToGap(from: number, events: readonly LoggedEvent[]): readonly LoggedEvent[] {
  const gap = events.findIndex(({ sequence }, index) => sequence !== from + 1 + index)
  return gap < 0 ? events : events.slice(0, gap)
}

/** Called where the log is read: true for a stream that is complete. Throws FEED_ENDED where no more comes. */
function isOver(feedId: FeedId, standing: FeedStanding | null, once: boolean): boolean {
  if (!standing) throw ended(feedId, 'It is gone.')
  if (standing.status !== 'ENDED') return false
  if (once && standing.lastSequence > 0) return true
  throw ended(feedId, standing.statusReason ?? '')
}

/** Throws CURSOR_EXPIRED where the event behind `position` is not in the log any more, or was never collected. */
export function throwAtGap(feedId: FeedId, position: number, { events, standing }: EventPage): void {
  const [first] = events
  const next = first ? first.sequence : (standing?.lastSequence ?? 0) + 1
  if (next <= position + 1) return
  throw cursorExpired(
    feedId,
    next - 1,
    `Events of the feed ${feedId} behind this cursor are missing: they were pruned from its log, or its webhook was not registered then.`,
  )
}

function ended(feedId: FeedId, why: string): JunctorError {
  return new JunctorError(
    'FEED_ENDED',
    `The feed ${feedId} has ended. ${why} Subscribe again with the last cursor as \`after\` to go on.`.replace(
      '  ',
      ' ',
    ),
  )
}

function shuttingDown(): JunctorError {
  return new JunctorError(
    'STORE_UNAVAILABLE',
    'This hub is shutting down: subscribe again with the last cursor as `after`.',
  )
}
