// Subscribing: cursor, feed, wake-ups, history, tail, in an order that leaves no gap.
import type { Clock } from '../../clock.ts'
import { JunctorError } from '../../errors.ts'
import {
  type Binding,
  bindingHash,
  type Connectors,
  type FeedOptions,
  type FeedRow,
  type FeedTable,
  feedIdOf,
  findTrigger,
} from '../feeds/index.ts'
import { cursorExpired, decodeCursor, type EventPages, type Position } from '../log/index.ts'
import { type Subscription, takePlace } from './place.ts'
import { throwAtGap } from './read-feed.ts'
import type { Readers } from './readers.ts'
import type { Starter } from './start-feed.ts'

export interface SubscribeOptions {
  readonly clock: Clock
  readonly feeds: FeedTable
  readonly starter: Starter
  readonly readers: Readers
  readonly pages: EventPages
  readonly connectors: Connectors
}

export interface SubscribeRequest {
  readonly binding: Binding
  readonly options: FeedOptions
  readonly after?: string
  readonly signal: AbortSignal
}

export function createSubscribe({ clock, feeds, starter, readers, pages, connectors }: SubscribeOptions) {
  /** Throws CURSOR_INVALID for a cursor of another feed, CURSOR_EXPIRED where its feed is gone with its log. */
  async function checked(after: string, binding: string): Promise<Position> {
    const position = decodeCursor(after)
    const row = await feeds.find(position.feedId)
    if (!row || row.removed)
      throw new JunctorError(
        'CURSOR_EXPIRED',
        'The feed of this cursor is gone with its log: subscribe without `after` for new events.',
      )
    if (row.binding !== binding)
      throw new JunctorError(
        'CURSOR_INVALID',
        'This cursor belongs to another feed: pass `after` only to the same field, connection and arguments that it came from.',
      )
    return position
  }

  return async function subscribe({
    binding,
    options,
    after,
    signal,
  }: SubscribeRequest): Promise<Subscription> {
    const { role } = await findTrigger(connectors, binding)
    if (role.role === 'webhook' && role.once)
      throw new JunctorError(
        'BAD_INPUT',
        `${binding.field} is called first: give the id of the feed that it answers with.`,
      )
    const position = after === undefined ? null : await checked(after, bindingHash(binding))
    const kind = role.role === 'polling' ? 'POLLING' : 'WEBHOOK'
    const { row, fresh } = await feeds.ensure(binding, kind, options)
    const feedId = feedIdOf(row.id)
    if (position && position.feedId !== feedId)
      throw cursorExpired(feedId, row.lastSequence, 'The feed of this cursor was deleted meanwhile.')
    const membership = await readers.join(feedId)
    try {
      const started = await starter.start(feedId, fresh, signal)
      const from = position?.sequence ?? beginning(row, started)
      if (position) await checkReadable(position, started)
      return takePlace({
        clock,
        pages,
        readers,
        row: started,
        from,
        until: null,
        membership,
        signal,
        once: false,
      })
    } catch (error) {
      membership.leave()
      throw error
    }
  }

  async function checkReadable({ feedId, sequence }: Position, row: FeedRow): Promise<void> {
    if (sequence > row.lastSequence)
      throw new JunctorError(
        'CURSOR_INVALID',
        'This cursor is ahead of its feed: pass `after` exactly as an event of this feed had it.',
      )
    if (sequence < row.prunedSequence)
      throw cursorExpired(
        feedId,
        row.prunedSequence,
        'This cursor is older than what the log of its feed holds.',
      )
    const page = await pages.behind(feedId, sequence, -1)
    if (!page)
      throw new JunctorError('STORE_UNAVAILABLE', 'The log of the feed cannot be read now: try again.')
    throwAtGap(feedId, sequence, page)
  }
}

/**
 * Where a subscription without cursor begins: behind the newest event as it came. What a poller that is started again
 * catches up with happened before; what a new poller's first look reports was asked for.
 */
function beginning(row: FeedRow, started: FeedRow): number {
  const catchesUp = row.status === 'STARTING' && row.kind === 'POLLING' && row.pollState !== null
  return catchesUp ? started.lastSequence : row.lastSequence
}
