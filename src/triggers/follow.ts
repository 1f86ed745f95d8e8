// Reading a feed that is there, by its id, without making or starting anything: how the answer to a webhook action is
// read, as often as somebody wants.
import type { Clock } from '../clock.ts'
import { JunctorError } from '../errors.ts'
import { decodeCursor } from './cursor.ts'
import type { Triggers } from './engine.ts'
import type { EventPages } from './event-pages.ts'
import { type FeedId, feedIdOf } from './feed.ts'
import type { FeedRow } from './feed-row.ts'
import type { FeedTable } from './feed-table.ts'
import { takePlace } from './place.ts'
import type { Readers } from './readers.ts'

export interface FollowOptions {
  readonly clock: Clock
  readonly feeds: FeedTable
  readonly readers: Readers
  readonly pages: EventPages
}

export function createFollow({ clock, feeds, readers, pages }: FollowOptions): Triggers['follow'] {
  return async function follow({ feedId, after, signal }) {
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
