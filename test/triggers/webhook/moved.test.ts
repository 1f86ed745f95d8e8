// A connection that gets another credential while webhooks are registered through it: they are registered anew with
// that, the old registrations go after, and no event is lost or comes twice.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMetrics } from '../../../src/telemetry/index.ts'
import { moveFeedsOf, type Triggers, type TriggersOptions } from '../../../src/triggers/index.ts'
import { authentication, connection, definition, operation } from '../../invocation/definitions.ts'
import { deliver, durable, type Gathered, gather, openWorld, running, until, type World } from '../hub.ts'

let world: World
/** Who asked what, in order: the password of the connection that was used, method and path. */
let asked: string[]
let password: string
beforeEach(async () => {
  world = await openWorld()
  asked = []
  password = 'old'
  world.provider.hold = async ({ headers, method, url }) => {
    const [, given = ''] = Buffer.from(headers.authorization?.slice(6) ?? '', 'base64')
      .toString()
      .split(':')
    asked.push(`${given} ${method} ${url}`)
  }
})
afterEach(() => world[Symbol.asyncDispose]())

const engine = (overrides: Partial<TriggersOptions> = {}) =>
  world.engine({
    openConnection: async id => connection(authentication('BASIC'), { username: 'ada', password }, { id }),
    ...overrides,
  })

async function change(to: string, ...engines: Triggers[]): Promise<void> {
  await world.store.db.transaction(db => {
    password = to
    return moveFeedsOf(db, world.connectionId)
  })
  for (const each of engines) await each.connectionChanged(world.connectionId)
}

const hooks = () => [...world.provider.hooks.values()]
const urlOf = (index: number) => (hooks()[index]!.body.notify as { url: string }).url

async function subscribed(triggers: Triggers) {
  const { feed, events } = await triggers.subscribe({
    binding: world.binding('onHook'),
    options: durable,
    signal: running(),
  })
  return { feed, subscriber: gather(events) }
}

const told = (subscriber: Gathered, ...ids: number[]) =>
  until(() => subscriber.events.length >= ids.length).then(() => expect(subscriber.ids()).toEqual(ids))

const settled = (id: Parameters<World['row']>[0]) =>
  until(async () => {
    const row = await world.row(id)
    return row.status === 'ACTIVE' && row.leaseOwner === null && row.renewAt === null
  })

test('it registers anew with the new credential before the old registration goes, and what both deliver comes once', async () => {
  const triggers = engine()
  const { feed, subscriber } = await subscribed(triggers)
  const old = urlOf(0)
  expect((await deliver(triggers, old, { id: 1 }, { 'x-delivery-id': 'a' })).status).toBe(202)
  let both: readonly string[] = []
  world.provider.hold = async ({ method }) => {
    if (method !== 'DELETE') return
    both = [old, urlOf(1)]
    for (const url of both)
      expect((await deliver(triggers, url, { id: 2 }, { 'x-github-delivery': 'b' })).status).toBe(202)
  }
  await change('new', triggers)
  await settled(feed.id)
  expect(new Set(both).size).toBe(2)
  expect(hooks()).toHaveLength(1)
  expect(urlOf(0)).toBe(both[1])
  // What was on its way when the old registration was deleted.
  expect((await deliver(triggers, old, { id: 3 })).status).toBe(202)
  expect((await deliver(triggers, urlOf(0), { id: 4 })).status).toBe(202)
  await told(subscriber, 1, 2, 3, 4)
})

test('the calls are made with the new credential, in that order', async () => {
  const triggers = engine()
  const feed = await triggers.create(world.binding('onHook'), durable)
  await change('new', triggers)
  await settled(feed.id)
  expect(asked).toEqual(['old POST /hooks', 'new POST /hooks', 'new DELETE /hooks/1'])
  await triggers.remove(feed.id)
  expect(asked.at(-1)).toBe('new DELETE /hooks/2')
})

test('another instance does it, though none is told', async () => {
  const first = engine()
  const feed = await first.create(world.binding('onHook'), durable)
  await first[Symbol.asyncDispose]()
  await change('new')
  const second = engine()
  await settled(feed.id)
  expect(asked).toEqual(['old POST /hooks', 'new POST /hooks', 'new DELETE /hooks/1'])
  expect((await deliver(second, urlOf(0), { id: 1 })).status).toBe(202)
})

test('a credential that the API refuses leaves the old registration, until one comes that it takes', async () => {
  const triggers = engine()
  const { feed, subscriber } = await subscribed(triggers)
  world.provider.failures.push({ status: 401 })
  await change('wrong', triggers)
  await until(async () => (await triggers.get(feed.id))?.status === 'FAILING')
  expect((await deliver(triggers, urlOf(0), { id: 1 })).status).toBe(202)
  await change('right', triggers)
  await settled(feed.id)
  expect(asked.at(-1)).toBe('right DELETE /hooks/1')
  expect((await deliver(triggers, urlOf(0), { id: 2 })).status).toBe(202)
  await told(subscriber, 1, 2)
})

test.each([
  ['cannot be deleted', 403, 1],
  ['is not there for the new credential, which may be another account’s', 404, 0],
])('an old registration that %s is refused from then on', async (_, status, orphans) => {
  const metrics = createMetrics()
  const triggers = engine({ metrics })
  const { feed, subscriber } = await subscribed(triggers)
  const old = urlOf(0)
  world.provider.hold = async ({ method }) => {
    if (method === 'DELETE') world.provider.failures.push({ status })
  }
  await change('new', triggers)
  await settled(feed.id)
  expect(hooks()).toHaveLength(2)
  expect((await deliver(triggers, old, { id: 1 })).status).toBe(404)
  expect((await deliver(triggers, urlOf(1), { id: 2 })).status).toBe(202)
  await told(subscriber, 2)
  const text = await metrics.registry.metrics()
  expect(text.includes('junctor_webhook_registrations_orphaned_total{connector="demo"} 1')).toBe(
    orphans === 1,
  )
})

test('an API that does not say where a registration lives: only the new one counts', async () => {
  world.provider.location = null
  const triggers = engine()
  const feed = await triggers.create(world.binding('onHook'), durable)
  const old = urlOf(0)
  await change('new', triggers)
  await settled(feed.id)
  expect((await deliver(triggers, old, { id: 1 })).status).toBe(404)
  expect((await deliver(triggers, urlOf(1), { id: 1 })).status).toBe(202)
})

test('where the old registration had ended by itself before, readers are told', async () => {
  const triggers = engine()
  const { feed, subscriber } = await subscribed(triggers)
  await world.update(feed.id, { registrationExpiresAt: new Date(0) })
  await change('new', triggers)
  expect(await subscriber.ended).toMatchObject({ code: 'CURSOR_EXPIRED' })
})

test('a hub that dies once it registered anew: the next one registers at another URL, and the lost one finds no feed', async () => {
  const first = engine()
  const { feed } = await subscribed(first)
  world.provider.holdAnswer = () => new Promise(() => {})
  await change('new', first)
  await until(() => hooks().length === 2)
  const lost = urlOf(1)
  world.provider.holdAnswer = async () => {}
  // As that of a killed process does, its lease runs out.
  await world.update(feed.id, { leaseExpiresAt: new Date(0) })
  const second = engine()
  await until(async () => asked.includes('new DELETE /hooks/1') && hooks().length === 2)
  await settled(feed.id)
  expect((await deliver(second, lost, { id: 1 })).status).toBe(404)
  expect((await deliver(second, urlOf(1), { id: 1 })).status).toBe(202)
  await first[Symbol.asyncDispose]()
  expect((await world.row(feed.id)).lastSequence).toBe(1)
})

test('a hub that stops before the old registration is deleted: the next one deletes it', async () => {
  const first = engine()
  const { feed } = await subscribed(first)
  let stopped: PromiseLike<void> | null = null
  world.provider.hold = async ({ method }) => {
    if (method !== 'DELETE' || stopped !== null) return
    stopped = first[Symbol.asyncDispose]()
    await stopped
    // The call is broken off, and deletes nothing.
    world.provider.failures.push({ status: 500 })
  }
  await change('new', first)
  await until(() => stopped !== null)
  await stopped
  expect(hooks()).toHaveLength(2)
  const second = engine()
  await until(() => hooks().length === 1)
  expect(hooks()[0]!.id).toBe('2')
  await settled(feed.id)
  expect((await deliver(second, urlOf(0), { id: 1 })).status).toBe(202)
})

test('a credential that comes while the webhook is being registered: what that makes is taken back', async () => {
  const triggers = engine()
  let answer = () => {}
  world.provider.holdAnswer = () =>
    new Promise(resolve => {
      answer = resolve
    })
  const made = triggers.create(world.binding('onHook'), durable)
  await until(() => hooks().length === 1)
  world.provider.holdAnswer = async () => {}
  await change('new', triggers)
  answer()
  const feed = await made
  await until(() => hooks().length === 1 && hooks()[0]!.id === '2')
  expect(feed.status).toBe('ACTIVE')
  expect(asked.toSorted()).toEqual(['new DELETE /hooks/1', 'new POST /hooks', 'old POST /hooks'])
})

test('what a person tells the provider by hand, and pollers, are left as they are', async () => {
  const triggers = engine()
  const byHand = await triggers.create(world.binding('onRequest'), durable)
  const poll = await triggers.create(world.binding('onItems'), durable)
  const before = [await world.row(byHand.id), await world.row(poll.id)]
  await change('new', triggers)
  expect([await world.row(byHand.id), await world.row(poll.id)]).toEqual(before)
})

test('a handshake that brings a secret: the old registration goes first, and readers are told', async () => {
  const onHook = operation({
    id: 'onHook',
    method: 'POST',
    path: '/hooks',
    body: { name: 'body', schema: { type: 'any' }, required: true },
    role: {
      role: 'webhook',
      callbackPaths: [['notify', 'url']],
      delivers: 'body',
      once: false,
      security: { scheme: 'hook-secret', secret: { from: 'handshake' }, options: {} },
    },
  })
  const demo = definition(world.provider.origin, {
    operations: [onHook],
    authentications: [authentication('BASIC')],
  })
  const triggers = engine({ connectors: { get: async () => demo } })
  const { feed, subscriber } = await subscribed(triggers)
  const shake = async (secret: string) =>
    (await deliver(triggers, urlOf(hooks().length - 1), {}, { 'x-hook-secret': secret })).status
  expect(await shake('first')).toBe(200)
  await change('new', triggers)
  await settled(feed.id)
  expect(asked).toEqual(['old POST /hooks', 'new DELETE /hooks/1', 'new POST /hooks'])
  expect(await shake('second')).toBe(200)
  expect(await subscriber.ended).toMatchObject({ code: 'CURSOR_EXPIRED' })
})
