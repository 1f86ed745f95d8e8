// The trigger engine, put together: feeds are made and kept, polled or registered, and read.
import { randomBytes } from 'node:crypto'
import { isJunctorError, JunctorError } from '../errors.ts'
import { isId } from '../id.ts'
import type { Triggers, TriggersOptions } from './engine.ts'
import {
  createFeedCall,
  createFeedRotation,
  createFeedSeal,
  createFeedTable,
  createTokens,
  type FeedId,
  type FeedRow,
  feedIdOf,
  feedOf,
  findTrigger,
  registersByCall,
  removedConnector,
} from './feeds/index.ts'
import {
  createAsk,
  createMovedWork,
  createPollWork,
  createRegisteredWork,
  createScheduler,
  createWebhookWork,
  createWorker,
} from './jobs/index.ts'
import { createEventPages, eventPage } from './log/index.ts'
import { createPollers } from './pollers/index.ts'
import { createFollow, createReaders, createStarter, createSubscribe } from './reading/index.ts'
import { createLeases } from './schedule/index.ts'
import { defaultSettings } from './settings.ts'
import { createDueGauges, createReconcile, createUpkeep } from './upkeep/index.ts'
import { createReceiver, createRegistration } from './webhook/index.ts'

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
  const moved = createMovedWork({ leases, registration, webhooks, tokens })
  const registered = createRegisteredWork({ openConnection, registration, webhooks, moved, logger })
  const worker = createWorker({
    db,
    leases,
    connectors,
    polls,
    webhooks,
    registered,
    moved,
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
    invoker: options.invoker,
    seal,
    bus,
    clock,
    logger,
    metrics,
    settings,
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
    follow: createFollow({ db, clock, feeds, readers, pages }),

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
