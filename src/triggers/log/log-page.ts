// A page of a feed's log for somebody who looks, not for a subscriber.
import { JunctorError } from '../../errors.ts'
import type { Database } from '../../store/index.ts'
import { type FeedEventPage, type FeedId, type FeedRow, feedIdOf } from '../feeds/index.ts'
import { cursorExpired, decodeCursor, encodeCursor } from './cursor.ts'
import { oldestSequence, readEvents } from './event-log.ts'

export interface LogPageOptions {
  readonly db: Database
  readonly feed: FeedRow
  readonly first: number
  readonly after?: string
}

/** Characters of data in one page, beyond its first event. */
const pageCharacters = 8_000_000

/** Throws CURSOR_INVALID, CURSOR_EXPIRED. */
export async function eventPage({ db, feed, first, after }: LogPageOptions): Promise<FeedEventPage> {
  const feedId = feedIdOf(feed.id)
  const from = after === undefined ? feed.prunedSequence : sequenceOf(after, feedId)
  if (from < feed.prunedSequence)
    throw cursorExpired(feedId, feed.prunedSequence, 'This cursor is older than the feed’s log.')
  const read = await readEvents(db, feedId, from, { events: first + 1, characters: pageCharacters })
  const events = read.slice(0, first)
  const oldest = await oldestSequence(db, feedId, feed.prunedSequence)
  const last = events.at(-1)?.sequence ?? from
  return {
    events,
    hasNextPage: read.length > first || (events.length > 0 && last < feed.lastSequence),
    oldestCursor: oldest === null ? null : encodeCursor({ feedId, sequence: oldest }),
    newestCursor: feed.lastSequence === 0 ? null : encodeCursor({ feedId, sequence: feed.lastSequence }),
  }
}

function sequenceOf(after: string, feedId: FeedId): number {
  const position = decodeCursor(after)
  if (position.feedId !== feedId)
    throw new JunctorError('CURSOR_INVALID', `This cursor belongs to another feed than ${feedId}.`)
  return position.sequence
}
