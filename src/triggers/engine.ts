// The trigger engine as the other rooms have it: what it is built from, and what it does.
import type { Clock } from '../clock.ts'
import type { ConnectionId } from '../connections/index.ts'
import type { Invoker } from '../invocation/index.ts'
import type { Store } from '../store/index.ts'
import type { Logger, Metrics } from '../telemetry/index.ts'
import type { Bus } from './bus/index.ts'
import type {
  Binding,
  CallOptions,
  Connectors,
  Feed,
  FeedEventPage,
  FeedId,
  FeedOptions,
  FeedPage,
  ResealedFeeds,
  Seal,
} from './feeds/index.ts'
import type { AskRequest } from './jobs/index.ts'
import type { FollowRequest, SubscribeRequest, Subscription } from './reading/index.ts'
import type { TriggerSettings } from './settings.ts'
import type { Delivery, DeliveryAnswer } from './webhook/index.ts'

export interface TriggersOptions extends CallOptions {
  readonly invoker: Pick<Invoker, 'call' | 'relay'>
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

/** Disposing stops the work of this instance and nothing else: feeds, registrations and events stay. */
export interface Triggers extends AsyncDisposable {
  /**
   * Joins the one feed of the binding, making or reviving it. Events come from behind `after`, or from now on without
   * it. Resolves once the feed is started: a webhook is registered, a new poller has taken its first look. Throws
   * CURSOR_INVALID, CURSOR_EXPIRED, CONNECTOR_NOT_FOUND, BAD_INPUT, FEED_ENDED, and what a registration throws.
   */
  subscribe(request: SubscribeRequest): Promise<Subscription>
  /**
   * Calls a webhook action and gives the feed whose one event will be its callback; it ends with that, or when none
   * came for long. Each call is a feed of its own. Throws CONNECTOR_NOT_FOUND, BAD_INPUT, and what the call throws.
   */
  ask(request: AskRequest): Promise<Feed>
  /**
   * Reads a feed that is there, from behind `after`, else from its beginning. The answer to a webhook action completes
   * the stream, and so does the event whose cursor `until` is; with that, no `after` means the oldest event that is kept.
   * Throws FEED_NOT_FOUND, CURSOR_INVALID, CURSOR_EXPIRED, BAD_INPUT.
   */
  follow(request: FollowRequest): Promise<Subscription>
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
