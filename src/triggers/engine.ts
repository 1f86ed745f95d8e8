// The trigger engine as the other rooms have it: what it is built from, and what it does.
import type { Clock } from '../clock.ts'
import type { ConnectionId } from '../connections/index.ts'
import type { Store } from '../store/index.ts'
import type { Logger, Metrics } from '../telemetry/index.ts'
import type { AskRequest } from './ask.ts'
import type { Bus } from './bus/contract.ts'
import type { CallOptions } from './call.ts'
import type { Binding, Feed, FeedEvent, FeedEventPage, FeedId, FeedOptions, FeedPage } from './feed.ts'
import type { ReadPage } from './read-feed.ts'
import type { ResealedFeeds } from './rotation.ts'
import type { Seal } from './seal.ts'
import type { TriggerSettings } from './settings.ts'
import type { Connectors } from './trigger.ts'
import type { DeliveryAnswer } from './webhook/answers.ts'
import type { Delivery } from './webhook/delivery.ts'

export interface TriggersOptions extends CallOptions {
  readonly store: Pick<Store, 'db'>
  readonly seal: Seal
  readonly connectors: Connectors
  /** Not disposed by the engine: dispose it after. */
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** Where providers reach this hub, without a trailing slash. */
  readonly publicUrl: string
  /** Tells instances that share a store apart. */
  readonly instanceId: string
  readonly randomBytes?: (size: number) => Uint8Array
  readonly settings?: Partial<TriggerSettings>
}

/** A place at a feed, which lives while somebody has one. */
export interface Subscription {
  readonly feed: Feed
  /** The sequence behind which the subscriber's events begin. */
  readonly position: number
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

/** Disposing stops the work of this instance and nothing else: feeds, registrations and events stay. */
export interface Triggers extends AsyncDisposable {
  /**
   * Joins the one feed of the binding, making or reviving it. Events come from behind `after`, or from now on without
   * it. Resolves once the feed is started: a webhook is registered, a new poller has taken its first look. Throws
   * CURSOR_INVALID, CURSOR_EXPIRED, CONNECTOR_NOT_FOUND, BAD_INPUT, FEED_ENDED, and what a registration throws.
   */
  subscribe(request: {
    readonly binding: Binding
    readonly options: FeedOptions
    readonly after?: string
    readonly signal: AbortSignal
  }): Promise<Subscription>
  /**
   * Calls a webhook action and gives the feed whose one event will be its callback; it ends with that, or when none
   * came for long. Each call is a feed of its own. Throws CONNECTOR_NOT_FOUND, BAD_INPUT, and what the call throws.
   */
  ask(request: AskRequest): Promise<Feed>
  /**
   * Reads a feed that is there, from behind `after`, else from its beginning. The answer to a webhook action completes
   * the stream. Throws FEED_NOT_FOUND, CURSOR_INVALID.
   */
  follow(request: {
    readonly feedId: FeedId
    readonly after?: string
    readonly signal: AbortSignal
  }): Promise<Subscription>
  /**
   * Makes the binding's feed durable, and starts it. One that is there already is changed by its owner, or where
   * `mayChange` says so, and only in what was given; the first who makes it durable owns it. Throws FORBIDDEN where
   * somebody else would change or resume it, and what a registration throws.
   */
  create(binding: Binding, options: FeedOptions): Promise<Feed>
  /** Stops collecting; a webhook is unregistered, and its late deliveries refused. Throws FEED_NOT_FOUND, BAD_INPUT. */
  pause(feedId: FeedId): Promise<Feed>
  /** Goes on where it stopped; look at the status for how that went. Throws FEED_NOT_FOUND. */
  resume(feedId: FeedId): Promise<Feed>
  /** Unregisters, and deletes the feed with its events. Throws FEED_NOT_FOUND. */
  remove(feedId: FeedId): Promise<void>
  get(feedId: FeedId): Promise<Feed | null>
  /** In order of creation. */
  list(query: {
    readonly organizationId: string
    readonly connectionId?: ConnectionId
    readonly first: number
    readonly after?: string
  }): Promise<FeedPage>
  /** A page of the log, oldest first. Throws FEED_NOT_FOUND, CURSOR_INVALID, CURSOR_EXPIRED. */
  events(feedId: FeedId, page: { readonly first: number; readonly after?: string }): Promise<FeedEventPage>
  /** Live subscriptions on this instance. */
  subscriberCount(feedId: FeedId): number
  /** The URL to tell a provider by hand; null where a call registers it, and for pollers. */
  webhookUrl(feed: Feed): Promise<string | null>
  /** An HTTP request at `/webhooks/<token>`. Never throws; a 2xx to a delivery says that the event is stored. */
  receive(delivery: Delivery): Promise<DeliveryAnswer>
  /** After a connection's status or credential changed: feeds that waited go on, or wait. */
  connectionChanged(connectionId: ConnectionId): Promise<void>
  /** Before a connection's credential is shredded: its feeds end, and are unregistered while that is possible. */
  connectionDeleted(connectionId: ConnectionId): Promise<void>
  /** The hub itself: seals again with the current key what an older one sealed. May be stopped and repeated. */
  reseal(): Promise<ResealedFeeds>
  /** Before an import goes, with its connections' credentials: its feeds end, and are unregistered while they can be. */
  importRemoved(importId: string): Promise<void>
}
