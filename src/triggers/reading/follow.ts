// Reading a feed that is there, by its id, without making or starting anything: how the answer to a webhook action is
// read, as often as somebody wants.
import type { Clock } from '../../clock.ts'
import { JunctorError } from '../../errors.ts'
import { type FeedId, type FeedRow, type FeedTable, feedIdOf } from '../feeds/index.ts'
import { decodeCursor, type EventPages } from '../log/index.ts'
import { type Subscription, takePlace } from './place.ts'
import type { Readers } from './readers.ts'

export interface FollowOptions {
  readonly clock: Clock
  readonly feeds: FeedTable
  readonly readers: Readers
  readonly pages: EventPages
}

export interface FollowRequest {
  readonly feedId: FeedId
  readonly after?: string
  readonly signal: AbortSignal
}

export function createFollow({ clock, feeds, readers, pages }: FollowOptions) {
  return async function follow({ feedId, after, signal }: FollowRequest): Promise<Subscription> {
    const row = await feeds.need(feedId)
    const from = after === undefined ? 0 : positionIn(row, after)
    const membership = await readers.join(feedId)
    return takePlace({ clock, pages, readers, row, from, membership, signal, once: row.once })
  }
}

function positionIn(row: FeedRow, after: string): number {
  const position: { feedId: FeedId; sequence: number } = decodeCursor(after)
  if (position.feedId === feedIdOf(row.id) && position.sequence <= row.lastSequence) return position.sequence
  throw new JunctorError(
    'CURSOR_INVALID',
    'This cursor belongs to another feed: pass `after` exactly as an event of this feed had it.',
  )
}
