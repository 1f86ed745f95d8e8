// One trigger engine over a real store, the real invoker whose every host is the provider on loopback, and the
// receiver's own route, for one connector after another.
import { randomBytes, randomUUID } from 'node:crypto'
import { and, eq, not } from 'drizzle-orm'
import Fastify from 'fastify'
import { systemClock } from '../../../src/clock.ts'
import { type ConnectionId, createVault } from '../../../src/connections/index.ts'
import type { ConnectorDefinition } from '../../../src/definition/index.ts'
import { JunctorError } from '../../../src/errors.ts'
import type { Compiled } from '../../../src/gateway/catalogue/compiled.ts'
import { createDelivery } from '../../../src/gateway/delivery/delivery.ts'
import { webhookRoutes } from '../../../src/gateway/http/webhook-routes.ts'
import { createTriggerOpener } from '../../../src/gateway/open-trigger.ts'
import type { Actor } from '../../../src/identity/index.ts'
import type { Invoker } from '../../../src/invocation/index.ts'
import { secret } from '../../../src/secret.ts'
import { schema } from '../../../src/store/index.ts'
import { createLogger, createMetrics } from '../../../src/telemetry/index.ts'
import { createTriggers, inProcessBus, type Triggers } from '../../../src/triggers/index.ts'
import { openTestStore } from '../../harness/open-test-store.ts'
import type { KnownConnection } from '../calls/connection-values.ts'
import { caller, type ServedConnector, serve } from '../calls/graph.ts'

export type FeedRow = typeof schema.feed.$inferSelect

export interface World extends AsyncDisposable {
  readonly triggers: Triggers
  /** Where providers reach the hub. */
  readonly publicUrl: string
  /** Serves a connector, with a connection of its own. */
  connect(name: string, compiled: Compiled, connection: KnownConnection): Promise<ServedConnector>
  /** The feed of a field; there is one at a time. */
  feedOf(field: string): Promise<FeedRow>
  /** Polls a feed now and waits until that is done. */
  poll(feed: FeedRow): Promise<FeedRow>
}

/** Longer than any wait for a poll on a machine that does other things too. Milliseconds. */
export const patience = 20_000

export async function openWorld(invoker: Invoker): Promise<World> {
  const stack = new AsyncDisposableStack()
  const store = stack.use(await openTestStore())
  const logger = createLogger('silent')
  const metrics = createMetrics()
  const now = new Date()
  const organizationId = caller.organizationId
  await store.db
    .insert(schema.organization)
    .values({ id: organizationId, name: 'Org', slug: 'org', createdAt: now })
  await store.db.insert(schema.user).values({ id: caller.userId, name: caller.name, email: caller.email })
  let current: { readonly definition: ConnectorDefinition; readonly connection: KnownConnection } | null =
    null
  const server = Fastify()
  stack.defer(() => server.close())
  const publicUrl = await listening(server, () => triggers)
  const triggers = stack.use(
    createTriggers({
      store,
      seal: createVault([{ id: 'k1', key: secret(randomBytes(32).toString('base64')) }]),
      async openConnection() {
        if (current?.connection.open) return current.connection.open
        throw new JunctorError('CONNECTION_INACTIVE', 'There is no connection now.')
      },
      invoker,
      connectors: {
        get: async ({ connector }) => (current?.definition.name === connector ? current.definition : null),
      },
      bus: stack.use(inProcessBus()),
      clock: systemClock,
      logger,
      metrics,
      publicUrl,
      instanceId: randomUUID(),
      settings: { scanSeconds: 0.01 },
    }),
  )

  async function rowOf(id: string): Promise<FeedRow> {
    const [row] = await store.db.select().from(schema.feed).where(eq(schema.feed.id, id))
    if (!row) throw new Error(`There is no feed ${id}.`)
    return row
  }

  return {
    triggers,
    publicUrl,
    async connect(name, compiled, connection) {
      const { definition } = compiled
      if (!definition) throw new Error(`${name} is quarantined.`)
      const id = randomUUID() as ConnectionId
      const open = connection.open && { ...connection.open, id }
      current = { definition, connection: { ...connection, open } }
      const record = {
        id,
        organizationId,
        ownerId: caller.userId,
        connector: name,
        name: `${name}-${id}`,
        authentication: open?.authentication.name ?? 'none',
        parameters: {},
        status: 'ACTIVE' as const,
      }
      await store.db.insert(schema.connection).values(record)
      const known = {
        ...record,
        importId: null,
        secretNames: [],
        baseUrl: null,
        statusReason: null,
        createdAt: now,
        lastUsedAt: null,
        lastTest: null,
      }
      const connections = {
        resolve: async () => (open ? known : null),
        get: async () => known,
        roleOf: async () => 'OWN' as const,
        readersOf: async (_id: string, actors: readonly Actor[]) => new Set(actors),
      }
      const services = { connections, triggers, clock: systemClock, logger, metrics }
      const subscribing = { open: createTriggerOpener(services), deliver: createDelivery(services) }
      return serve(name, compiled, () => open, invoker, subscribing)
    },
    async feedOf(field) {
      const [row] = await store.db
        .select()
        .from(schema.feed)
        .where(and(eq(schema.feed.field, field), not(schema.feed.removed)))
      if (!row) throw new Error(`There is no feed of ${field}.`)
      return row
    },
    async poll({ id, leaseEpoch }) {
      await store.db
        .update(schema.feed)
        .set({ nextDueAt: new Date(0) })
        .where(eq(schema.feed.id, id))
      const deadline = Date.now() + patience
      for (;;) {
        const row = await rowOf(id)
        if (row.leaseEpoch > leaseEpoch && row.leaseOwner === null) return row
        if (Date.now() > deadline) throw new Error(`The feed ${id} was not polled in time.`)
        await new Promise(resolve => setTimeout(resolve, 2))
      }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** The receiver needs the engine, which needs to know where the receiver is. */
async function listening(server: ReturnType<typeof Fastify>, triggers: () => Triggers): Promise<string> {
  await server.register(
    webhookRoutes({
      get triggers() {
        return triggers()
      },
    }),
  )
  return server.listen({ host: '127.0.0.1', port: 0 })
}
