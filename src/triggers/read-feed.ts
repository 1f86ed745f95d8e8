// A subscriber's stream: the log from its position on, page by page, then whatever comes. In order, without gap or
// repeat; it holds one page at a time however slow its consumer is.
import type { Clock } from '../clock.ts'
import { JunctorError } from '../errors.ts'
import { cursorExpired } from './cursor.ts'
import type { EventPage, EventPages, FeedStanding } from './event-pages.ts'
import type { FeedEvent, FeedId } from './feed.ts'
import { pause } from './pause.ts'
import type { Membership, Readers } from './readers.ts'

/** Milliseconds before a page is read again that the store could not give. */
const retryDelay = 500

export interface ReadOptions {
  readonly clock: Clock
  readonly pages: EventPages
  readonly readers: Readers
  readonly feedId: FeedId
  /** The stream begins behind this sequence. */
  readonly from: number
  readonly membership: Membership
  readonly signal: AbortSignal
  /** True for a webhook action: after its one event the stream is complete. */
  readonly once: boolean
}

/**
 * Ends when the signal aborts or `return` is called, also while it waits. Throws FEED_ENDED when the feed has ended
 * and its log is read, CURSOR_EXPIRED at a place where events are missing, STORE_UNAVAILABLE at shutdown.
 */
export function readFeed(options: ReadOptions): AsyncIterableIterator<FeedEvent, undefined> {
  const { membership } = options
  const left = new AbortController()
  const signal = AbortSignal.any([options.signal, left.signal])
  signal.addEventListener('abort', membership.leave, { once: true })
  if (signal.aborted) membership.leave()
  const events = stream(options, signal)
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: () => events.next(),
    // A generator that waits cannot be returned from; the abort wakes it first.
    async return() {
      left.abort()
      await events.return(undefined)
      return { done: true, value: undefined }
    },
  }
}

async function* stream(options: ReadOptions, signal: AbortSignal): AsyncGenerator<FeedEvent, undefined> {
  const { pages, readers, clock, feedId, membership, once } = options
  let position = options.from
  try {
    while (!signal.aborted) {
      if (readers.closed) throw shuttingDown()
      const generation = membership.generation()
      const page = await pages.behind(feedId, position, generation)
      if (!page) {
        // The store failed. When it is back nothing is missing, so a subscriber need not notice.
        await pause(retryDelay, clock, signal)
        continue
      }
      throwAtGap(feedId, position, page)
      for (const event of page.events) {
        if (signal.aborted) return
        throwAtGap(feedId, position, { ...page, events: [event] })
        position = event.sequence
        yield event
      }
      if (page.events.length > 0) continue
      if (isOver(feedId, page.standing, once)) return
      await membership.news(generation, signal)
    }
  } finally {
    membership.leave()
  }
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
