// Reading a feed that is there, by its id, without making or starting anything: how the answer to a webhook action is
// read, and a range of any feed's log, as often as somebody wants.
import type { Clock } from '../../clock.ts'
import { JunctorError } from '../../errors.ts'
import type { Database } from '../../store/index.ts'
import { type FeedId, type FeedRow, type FeedTable, feedIdOf } from '../feeds/index.ts'
import { cursorExpired, decodeCursor, type EventPages, oldestSequence } from '../log/index.ts'
import { type Subscription, takePlace } from './place.ts'
import type { Readers } from './readers.ts'

export interface FollowOptions {
  readonly db: Database
  readonly clock: Clock
  readonly feeds: FeedTable
  readonly readers: Readers
  readonly pages: EventPages
}

export interface FollowRequest {
  readonly feedId: FeedId
  readonly after?: string
  /** The cursor of the last event: with that the stream is complete. */
  readonly until?: string
  readonly signal: AbortSignal
}

export function createFollow({ db, clock, feeds, readers, pages }: FollowOptions) {
  /** Throws CURSOR_EXPIRED where the end of the range is not kept, nor what is before it. */
  async function rangeOf(row: FeedRow, after: string | undefined, until: string) {
    const feedId = feedIdOf(row.id)
    const last = positionIn(row, until, 'until')
    if (last <= row.prunedSequence)
      throw cursorExpired(feedId, row.prunedSequence, 'The log of the feed has nothing left of this range.')
    const from = after === undefined ? await beforeOldest(row, last) : positionIn(row, after, 'after')
    if (from <= last) return { from, until: last }
    throw new JunctorError('BAD_INPUT', '`until` is before `after`: there is nothing between them.')
  }

  /** At most `last`: events that were pruned just now are missed when they are read. */
  async function beforeOldest({ id, prunedSequence }: FeedRow, last: number): Promise<number> {
    const oldest = await oldestSequence(db, feedIdOf(id), prunedSequence)
    return oldest === null ? prunedSequence : Math.min(oldest - 1, last)
  }

  return async function follow({ feedId, after, until, signal }: FollowRequest): Promise<Subscription> {
    const row = await feeds.need(feedId)
    const range =
      until === undefined
        ? { from: after === undefined ? 0 : positionIn(row, after, 'after'), until: null }
        : await rangeOf(row, after, until)
    const membership = await readers.join(feedId)
    return takePlace({ clock, pages, readers, row, ...range, membership, signal, once: row.once })
  }
}

function positionIn(row: FeedRow, cursor: string, argument: 'after' | 'until'): number {
  const position: { feedId: FeedId; sequence: number } = decodeCursor(cursor, argument)
  if (position.feedId === feedIdOf(row.id) && position.sequence <= row.lastSequence) return position.sequence
  throw new JunctorError(
    'CURSOR_INVALID',
    `This cursor belongs to another feed: pass \`${argument}\` exactly as an event of this feed had it.`,
  )
}
