// The trigger engine, put together: feeds are made and kept, polled or registered, and read.
import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { ConnectionId } from '../connections/index.ts'
import { isJunctorError, JunctorError } from '../errors.ts'
import { isId } from '../id.ts'
import type { Store } from '../store/index.ts'
import type { Logger, Metrics } from '../telemetry/index.ts'
import { type AskRequest, createAsk } from './ask.ts'
import type { Bus } from './bus/contract.ts'
import { type CallOptions, createFeedCall } from './call.ts'
import { createDueGauges } from './due-gauges.ts'
import { createEventPages } from './event-pages.ts'
import type { Binding, Feed, FeedEvent, FeedEventPage, FeedId, FeedOptions, FeedPage } from './feed.ts'
import { feedIdOf } from './feed.ts'
import { type FeedRow, feedOf } from './feed-row.ts'
import { createFeedTable, removedConnector } from './feed-table.ts'
import { createFollow } from './follow.ts'
import { createLeases } from './lease.ts'
import { eventPage } from './log-page.ts'
import { createPollWork } from './poll-work.ts'
import { createPollers } from './pollers/index.ts'
import type { ReadPage } from './read-feed.ts'
import { createReaders } from './readers.ts'
import { createReconcile } from './reconcile.ts'
import { createRegisteredWork } from './registered-work.ts'
import { createFeedRotation, type ResealedFeeds } from './rotation.ts'
import { createScheduler } from './scheduler.ts'
import { createFeedSeal, type Seal } from './seal.ts'
import { defaultSettings, type TriggerSettings } from './settings.ts'
import { createStarter } from './start-feed.ts'
import { createSubscribe } from './subscribe.ts'
import { type Connectors, findTrigger, registersByCall } from './trigger.ts'
import { createUpkeep } from './upkeep.ts'
import type { DeliveryAnswer } from './webhook/answers.ts'
import type { Delivery } from './webhook/delivery.ts'
import { createReceiver } from './webhook/receiver.ts'
import { createRegistration } from './webhook/registration.ts'
import { createTokens } from './webhook/token.ts'
import { createWebhookWork } from './webhook-work.ts'
import { createWorker } from './worker.ts'

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

export function createTriggers(options: TriggersOptions): Triggers {
  const { connectors, bus, clock, logger, metrics, publicUrl } = options
  const { db } = options.store
  const settings = { ...defaultSettings, ...options.settings }
  const seal = createFeedSeal(options.seal)
  const call = createFeedCall(options)
  const tokens = createTokens({ db, seal, publicUrl, randomBytes: options.randomBytes ?? randomBytes })
  const feeds = createFeedTable({ db, tokens, settings })
  const leases = createLeases({ db, instanceId: options.instanceId, leaseSeconds: settings.leaseSeconds })
  const pollers = createPollers(clock)
  const polls = createPollWork({ leases, pollers, call, seal, bus, clock, metrics, settings })
  const registration = createRegistration({ call, clock })
  const webhooks = createWebhookWork({
    leases,
    registration,
    connectors,
    tokens,
    seal,
    bus,
    clock,
    logger,
    metrics,
    settings,
  })
  const { openConnection } = options
  const registered = createRegisteredWork({ openConnection, registration, webhooks, clock, logger })
  const worker = createWorker({
    db,
    leases,
    connectors,
    polls,
    webhooks,
    registered,
    bus,
    clock,
    logger,
    settings,
  })
  const scheduler = createScheduler({ leases, worker, clock, logger, metrics, settings })
  const gauges = createDueGauges({ db, clock, logger, metrics, settings })
  const readers = createReaders({ db, feeds, bus, clock, logger, settings })
  const limits = { events: settings.pageEvents, characters: settings.pageCharacters }
  const pages = createEventPages({ db, limits, logger })
  const starter = createStarter({ feeds, scheduler, readers, connectors, clock, settings })
  const upkeep = createUpkeep({ db, feeds, bus, clock, logger, settings, ended: scheduler.nudge })
  const reconcile = createReconcile({ db, connectors, clock, logger, settings, due: scheduler.nudge })
  const receive = createReceiver({
    db,
    tokens,
    connectors,
    openConnection,
    seal,
    bus,
    clock,
    logger,
    metrics,
  })

  async function ended(feedId: FeedId): Promise<void> {
    bus.wake(feedId)
    await scheduler.runNow(feedId)
    // A deleted feed that is unregistered now has its row left to go.
    scheduler.nudge()
  }

  async function end(rows: readonly FeedRow[], reason: string): Promise<void> {
    await Promise.all(
      rows.map(async ({ id }) => {
        await feeds.end(feedIdOf(id), reason)
        await ended(feedIdOf(id))
        await tellOrphan(feedIdOf(id))
      }),
    )
  }

  /** What is registered still will never be deleted by the hub: the credential for that goes now, and the feed with it. */
  async function tellOrphan(feedId: FeedId): Promise<void> {
    const row = await feeds.find(feedId)
    if (!row?.registered) return
    metrics.webhookOrphans.inc({ connector: metrics.connectorLabel(row.connector) })
    logger.warn(
      { feed: feedId, connector: row.connector },
      'A webhook could not be unregistered before its connection went; delete it at the provider. What it delivers is refused.',
    )
  }

  return {
    subscribe: createSubscribe({ clock, feeds, starter, readers, pages, connectors }),

    ask: createAsk({ db, feeds, tokens, connectors, registration, webhooks, seal, bus, settings }),
    follow: createFollow({ clock, feeds, readers, pages }),

    async create(binding, feedOptions) {
      const { role } = await findTrigger(connectors, binding)
      if (role.role === 'webhook' && role.once)
        throw new JunctorError('BAD_INPUT', `${binding.field} is no trigger: call it.`)
      const kind = role.role === 'polling' ? 'POLLING' : 'WEBHOOK'
      const { row, fresh } = await feeds.ensure(binding, kind, { ...feedOptions, durable: true })
      await starter.start(feedIdOf(row.id), fresh, AbortSignal.timeout(settings.startSeconds * 1000))
      return feedOf(await feeds.need(feedIdOf(row.id)))
    },

    async pause(feedId) {
      const row = await feeds.pause(feedId)
      bus.wake(feedId)
      scheduler.nudge()
      return feedOf(row)
    },

    async resume(feedId) {
      await feeds.resume(feedId)
      await scheduler.runNow(feedId)
      return feedOf(await feeds.need(feedId))
    },

    async remove(feedId) {
      await feeds.remove(feedId)
      await ended(feedId)
    },

    async get(feedId) {
      const row = isId(feedId) ? await feeds.find(feedId) : null
      return row && !row.removed ? feedOf(row) : null
    },

    async list({ after, ...query }) {
      if (after !== undefined && !isId(after))
        throw new JunctorError(
          'CURSOR_INVALID',
          'This is not a cursor of a list of feeds: pass `endCursor` as it came.',
        )
      return feeds.list({ ...query, ...(after === undefined ? {} : { after: feedIdOf(after) }) })
    },

    async events(feedId, page) {
      return eventPage({ db, feed: await feeds.need(feedId), ...page })
    },

    subscriberCount: readers.count,

    async webhookUrl(feed) {
      const byHand =
        feed.kind === 'WEBHOOK' &&
        (await connectors.get(feed)) !== null &&
        !registersByCall(await findTrigger(connectors, feed))
      const row = byHand ? await feeds.find(feed.id) : null
      return row ? tokens.url(row) : null
    },

    receive,

    async connectionChanged(connectionId) {
      try {
        await options.openConnection(connectionId)
      } catch (error) {
        // Its feeds fail until the connector is back, and see by themselves when it is.
        if (isJunctorError(error) && error.code === 'CONNECTOR_NOT_FOUND') return
        if (!isJunctorError(error) || !unusable.has(error.code)) throw error
        for (const row of await feeds.suspendOf(connectionId, error.message)) bus.wake(feedIdOf(row.id))
        return
      }
      await feeds.retryOf(connectionId)
      scheduler.nudge()
    },

    async connectionDeleted(connectionId) {
      await end(await feeds.ofConnection(connectionId), 'Its connection was deleted.')
    },

    async importRemoved(importId) {
      await end(await feeds.ofImport(importId), removedConnector)
    },

    reseal: createFeedRotation({ db, seal }),

    async [Symbol.asyncDispose]() {
      const parts = [upkeep, gauges, reconcile, readers, scheduler]
      await Promise.all(parts.map(part => part[Symbol.asyncDispose]()))
    },
  }
}

const unusable: ReadonlySet<string> = new Set(['CONNECTION_INACTIVE', 'CONNECTION_NOT_FOUND'])
