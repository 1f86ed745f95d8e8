// Feeds and their events, as the rest of the hub sees them.
import type { ConnectionId, ConnectorIdentity } from '../../connections/index.ts'
import type { WireArguments } from '../../invocation/index.ts'
import type { Json } from '../../json.ts'

export type FeedId = string & { readonly brand: 'FeedId' }

/** Says that this text, read from the store or a cursor, is a feed's id. */
export function feedIdOf(id: string): FeedId {
  return id as FeedId
}

export type FeedStatus = 'STARTING' | 'ACTIVE' | 'PAUSED' | 'FAILING' | 'NEEDS_AUTHORIZATION' | 'ENDED'

/** What makes two subscriptions share one feed: equal organization, connector, trigger, connection and arguments. */
export interface Binding extends ConnectorIdentity {
  readonly organizationId: string
  readonly operationId: string
  /** The trigger's root field. */
  readonly field: string
  readonly connectionId: ConnectionId | null
  readonly arguments: WireArguments
}

export interface Feed extends ConnectorIdentity {
  readonly id: FeedId
  readonly organizationId: string
  readonly ownerId: string | null
  readonly operationId: string
  readonly field: string
  readonly kind: 'POLLING' | 'WEBHOOK'
  readonly connectionId: ConnectionId | null
  readonly arguments: WireArguments
  readonly status: FeedStatus
  readonly statusReason: string | null
  readonly durable: boolean
  /** A webhook action: it ends with its one event. */
  readonly once: boolean
  readonly intervalSeconds: number
  readonly lastEventAt: Date | null
  readonly lastPollAt: Date | null
  readonly nextPollAt: Date | null
  readonly consecutiveFailures: number
  /** Newest first; none of a webhook. */
  readonly polls: readonly FeedPoll[]
}

/** One poll, as the feed's history has it. */
export interface FeedPoll {
  readonly time: Date
  /** OK, or the code of the error. */
  readonly outcome: string
  /** The HTTP status; null where there was none. */
  readonly status: number | null
  /** New events that it brought. */
  readonly events: number
  readonly milliseconds: number
}

/** What the first poll does with items that are already there; always bounded. */
export type FeedStart =
  | { readonly start: 'NEW_ONLY' }
  | { readonly start: 'LAST'; readonly count: number }
  | { readonly start: 'SINCE'; readonly since: Date }

export interface FeedOptions {
  readonly durable: boolean
  readonly ownerId: string
  readonly intervalSeconds?: number
  readonly start?: FeedStart
  /** True for somebody who may change the feed where it is there already and somebody else's. */
  readonly mayChange?: boolean
}

/** One thing that happened in a feed. */
export interface FeedEvent {
  readonly feedId: FeedId
  /** Dedupe key, unique in the feed. */
  readonly id: string
  /** Opaque position in the feed; what `after` takes. */
  readonly cursor: string
  readonly time: Date
  readonly data: Json
}

export interface FeedEventPage {
  readonly events: readonly FeedEvent[]
  readonly hasNextPage: boolean
  readonly oldestCursor: string | null
  readonly newestCursor: string | null
}

export interface FeedPage {
  readonly feeds: readonly Feed[]
  readonly totalCount: number
  readonly hasNextPage: boolean
  /** What `after` takes for the next page; null on an empty page. */
  readonly endCursor: string | null
}
