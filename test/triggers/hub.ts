// Trigger engines over a real store, a real invoker and a provider on loopback; several may share the store.
import { randomBytes, randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { systemClock } from '../../src/clock.ts'
import { type ConnectionId, createVault, type OpenConnection } from '../../src/connections/index.ts'
import type { OperationDefinition } from '../../src/definition/index.ts'
import { JunctorError } from '../../src/errors.ts'
import type { Json } from '../../src/json.ts'
import { secret } from '../../src/secret.ts'
import { type Store, schema } from '../../src/store/index.ts'
import { createLogger, createMetrics } from '../../src/telemetry/index.ts'
import {
  type Binding,
  createTriggers,
  type FeedEvent,
  type FeedId,
  type FeedOptions,
  inProcessBus,
  type Triggers,
  type TriggersOptions,
} from '../../src/triggers/index.ts'
import { openTestStore, type TestStore } from '../harness/open-test-store.ts'
import {
  authentication,
  connection,
  definition,
  operation,
  parameter,
  policy,
  wire,
} from '../invocation/definitions.ts'
import { impatientClock, openInvoker } from '../invocation/open-invoker.ts'
import { type Provider, startProvider } from './provider.ts'

export const publicUrl = 'http://hub.example'
export const organizationId = 'org-1'
export const ownerId = 'user-1'

/** Fast enough for tests; a test that needs a limit sets it. */
export const quick = {
  lingerSeconds: 600,
  scanSeconds: 0.02,
  backstopSeconds: 0.1,
  upkeepSeconds: 0.05,
  startSeconds: 20,
}

export interface World extends AsyncDisposable {
  readonly store: TestStore
  readonly provider: Provider
  readonly connectionId: ConnectionId
  /** Throws from openConnection while set. */
  inactive: boolean
  /** The import that serves as `demo`; null for one that ships with the hub. */
  serving: string | null
  /** Another engine on the same store. Disposed with the world unless it was before. */
  engine(overrides?: Partial<TriggersOptions>): Triggers
  /** The feed's row as it stands. */
  row(feedId: FeedId): Promise<typeof schema.feed.$inferSelect>
  /** Makes the feed due now, whatever its interval. */
  makeDue(feedId: FeedId): Promise<void>
  update(feedId: FeedId, values: Partial<typeof schema.feed.$inferInsert>): Promise<void>
  binding(operationId: string, rest?: Partial<Binding>): Binding
}

export async function openWorld(): Promise<World> {
  const stack = new AsyncDisposableStack()
  const store = stack.use(await openTestStore())
  const provider = stack.use(await startProvider())
  const { invoker } = stack.use(openInvoker({ allowPrivate: [provider.origin], clock: impatientClock() }))
  const connectionId = randomUUID() as ConnectionId
  await seed(store, connectionId)
  const vault = createVault([{ id: 'k1', key: secret(randomBytes(32).toString('base64')) }])
  const bus = stack.use(inProcessBus())
  const demo = definition(provider.origin, { operations, policies: [pollingPolicy] })
  const open: OpenConnection = connection(authentication('NONE'), {}, { id: connectionId })
  const world: World = {
    store,
    provider,
    connectionId,
    inactive: false,
    serving: null,
    engine(overrides = {}) {
      return stack.use(
        createTriggers({
          store,
          seal: vault,
          async openConnection() {
            if (world.inactive) throw new JunctorError('CONNECTION_INACTIVE', 'The connection needs consent.')
            return open
          },
          invoker,
          connectors: {
            get: async ({ connector, importId }) =>
              connector === 'demo' && importId === world.serving ? demo : null,
          },
          bus,
          clock: systemClock,
          logger: createLogger('silent'),
          metrics: createMetrics(),
          publicUrl,
          instanceId: randomUUID(),
          ...overrides,
          settings: { ...quick, ...overrides.settings },
        }),
      )
    },
    async row(feedId) {
      const [row] = await store.db.select().from(schema.feed).where(eq(schema.feed.id, feedId))
      if (!row) throw new Error(`no feed ${feedId}`)
      return row
    },
    makeDue: feedId => world.update(feedId, { nextDueAt: new Date(0) }),
    async update(feedId, values) {
      await store.db.update(schema.feed).set(values).where(eq(schema.feed.id, feedId))
    },
    binding: (operationId, rest = {}) => ({
      organizationId,
      connector: 'demo',
      importId: null,
      operationId,
      field: `demo_${operationId}`,
      connectionId,
      arguments: wire(),
      ...rest,
    }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
  return world
}

export const ephemeral: FeedOptions = { durable: false, ownerId }
export const durable: FeedOptions = { durable: true, ownerId }

const polling = (path: string, rest: Partial<OperationDefinition>): OperationDefinition =>
  operation({ path, role: { role: 'polling', style: 'protocol', batch: true, itemsPath: [] }, ...rest })

const hook = (
  id: string,
  rest: { callbackPaths?: string[][]; delivers?: 'body' | 'request'; once?: boolean },
) =>
  operation({
    id,
    method: 'POST',
    path: '/hooks',
    body: { name: 'body', schema: { type: 'any' }, required: true },
    role: { role: 'webhook', callbackPaths: [['notify', 'url']], delivers: 'body', once: false, ...rest },
  })

const operations: OperationDefinition[] = [
  polling('/poll', { id: 'onItems', parameters: [parameter('query', 'tag')] }),
  polling('/poll-one', {
    id: 'onItem',
    role: { role: 'polling', style: 'protocol', batch: false, itemsPath: [] },
  }),
  polling('/list', {
    id: 'onListed',
    parameters: [parameter('query', 'since_id', { schema: { type: 'integer', format: 'int64' } })],
    role: { role: 'polling', style: 'policy', batch: true, itemsPath: ['value'] },
  }),
  hook('onHook', {}),
  hook('onHooks', { callbackPaths: [['webhooks', '0', 'url'], ['callback']] }),
  hook('onRequest', { callbackPaths: [], delivers: 'request' }),
  hook('ask', { once: true }),
  operation({ id: 'notATrigger' }),
]

const pollingPolicy = policy(
  'PollingTrigger',
  {
    triggerConfig: {
      since_id: '@{triggerBody().value[0].id}',
      '': '1',
      'x-ms-triggerConfig-nextLink': 'nextLink',
    },
    triggerDataPath: '@triggerBody().value',
  },
  { operations: ['OnListed'], section: 'response' },
)

async function seed(store: Store, connectionId: ConnectionId): Promise<void> {
  const now = new Date()
  await store.db
    .insert(schema.organization)
    .values({ id: organizationId, name: 'Org', slug: 'org', createdAt: now })
  await store.db.insert(schema.user).values({ id: ownerId, name: 'Ada', email: 'ada@example.com' })
  await store.db.insert(schema.connection).values({
    id: connectionId,
    organizationId,
    ownerId,
    connector: 'demo',
    name: 'main',
    authentication: 'none',
    parameters: {},
    status: 'ACTIVE',
  })
}

/** Waits for a condition, looking often. The test's own time limit ends it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 5))
}

/** A subscriber that gathers what it is told. */
export interface Gathered {
  readonly events: FeedEvent[]
  readonly ids: () => Json[]
  /** Settles when the stream ends: with the error it ended with, or null. */
  readonly ended: Promise<unknown>
  leave(): Promise<void>
}

export function gather(source: AsyncIterable<FeedEvent>): Gathered {
  const iterator = source[Symbol.asyncIterator]()
  const events: FeedEvent[] = []
  const run = async () => {
    for (;;) {
      const next = await iterator.next()
      if (next.done) return null
      events.push(next.value)
    }
  }
  return {
    events,
    ids: () => events.map(event => (event.data as { id: Json }).id),
    ended: run().catch((error: unknown) => error),
    leave: async () => void (await iterator.return?.()),
  }
}

export const running = () => new AbortController().signal

/** Delivers JSON to a webhook. */
export function deliver(
  triggers: Triggers,
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
  method = 'POST',
) {
  return triggers.receive({
    token: url.split('/').at(-1) ?? '',
    method,
    headers: { 'content-type': 'application/json', ...headers },
    query: {},
    body: Buffer.from(JSON.stringify(body)),
  })
}
