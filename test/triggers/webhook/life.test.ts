// A registration's life: made anew before it ends, looked for where the API can be asked, and never forgotten.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMetrics } from '../../../src/telemetry/index.ts'
import { definition, operation, parameter, wire } from '../../invocation/definitions.ts'
import { deliver, durable, ephemeral, gather, openWorld, running, until, type World } from '../hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const hour = 3_600_000
const hooks = () => [...world.provider.hooks.values()]
const urlOf = (index: number) => (hooks()[index]!.body.notify as { url: string }).url
const calls = (method: string) => world.provider.calls.filter(call => call.startsWith(method)).length

describe('a registration that ends by itself', () => {
  const soon = () => ({ expirationDateTime: new Date(Date.now() + 10 * hour).toISOString() })

  test('is made anew at its URL before that, and the old one is deleted after', async () => {
    const { provider } = world
    provider.registrationAnswer = soon
    const triggers = world.engine()
    const body = { expirationDateTime: new Date(Date.now() + 10 * hour).toISOString() }
    const { feed, events } = await triggers.subscribe({
      binding: world.binding('onHook', { arguments: wire({}, body) }),
      options: ephemeral,
      signal: running(),
    })
    const subscriber = gather(events)
    const row = await world.row(feed.id)
    const life = Number(row.registrationExpiresAt) - Date.now()
    expect(life).toBeGreaterThan(9 * hour)
    expect(Number(row.renewAt) - Date.now()).toBeLessThan(8 * hour + 60_000)
    expect(row.nextDueAt).toEqual(row.renewAt)
    const [first] = hooks()
    const url = urlOf(0)

    await world.update(feed.id, {
      renewAt: new Date(0),
      nextDueAt: new Date(0),
      createdAt: new Date(Date.now() - 9 * hour),
    })
    await until(() => hooks().length === 1 && hooks()[0]!.id !== first!.id)
    expect(urlOf(0)).toBe(url)
    const asked = Date.parse(String(hooks()[0]!.body.expirationDateTime))
    expect(asked).toBeGreaterThan(Date.parse(body.expirationDateTime) + 8 * hour)
    await until(async () => Number((await world.row(feed.id)).renewAt) > Date.now())
    expect((await deliver(triggers, url, { id: 1 })).status).toBe(202)
    await until(() => subscriber.events.length === 1)
    expect((await triggers.get(feed.id))?.status).toBe('ACTIVE')
  })

  test('a renewal that fails is tried again, and its events come meanwhile', async () => {
    const { provider } = world
    provider.registrationAnswer = soon
    const triggers = world.engine()
    const feed = await triggers.create(world.binding('onHook'), durable)
    provider.failures.push({ status: 422 })
    await world.update(feed.id, { renewAt: new Date(0), nextDueAt: new Date(0) })
    await until(async () => (await triggers.get(feed.id))?.status === 'FAILING')
    expect((await deliver(triggers, urlOf(0), { id: 1 })).status).toBe(202)
    await world.makeDue(feed.id)
    await until(async () => (await triggers.get(feed.id))?.status === 'ACTIVE')
    await until(() => hooks().length === 1)
    expect(calls('POST')).toBe(3)
  })

  test('one that had ended before it was made anew: readers are told', async () => {
    const { provider } = world
    provider.registrationAnswer = soon
    const triggers = world.engine()
    const { feed, events } = await triggers.subscribe({
      binding: world.binding('onHook'),
      options: durable,
      signal: running(),
    })
    const subscriber = gather(events)
    const past = new Date(Date.now() - hour)
    await world.update(feed.id, { renewAt: past, registrationExpiresAt: past, nextDueAt: past })
    expect(await subscriber.ended).toMatchObject({ code: 'CURSOR_EXPIRED' })
  })

  test.each([
    ['nothing', undefined],
    ['a date without a meaning', { created: new Date(Date.now() + hour).toISOString() }],
    ['the past', { expirationDateTime: '2020-01-01T00:00:00Z' }],
    ['never', { expirationDateTime: '9999-12-31T23:59:59Z' }],
    ['no date', { expirationDateTime: 'soon' }],
  ])('an answer that says %s is no expiry', async (_, answer) => {
    world.provider.registrationAnswer = () => answer ?? {}
    const feed = await world.engine().create(world.binding('onHook'), durable)
    expect(await world.row(feed.id)).toMatchObject({
      registrationExpiresAt: null,
      renewAt: null,
      nextDueAt: null,
    })
  })

  test.each([
    ['milliseconds as text, as Google has them', { expiration: String(Date.now() + 24 * hour) }],
    ['Unix seconds', { expires_at: Math.floor((Date.now() + 24 * hour) / 1000) }],
  ])('%s', async (_, answer) => {
    world.provider.registrationAnswer = () => answer
    const feed = await world.engine().create(world.binding('onHook'), durable)
    const { registrationExpiresAt } = await world.row(feed.id)
    expect(Math.abs(Number(registrationExpiresAt) - Date.now() - 24 * hour)).toBeLessThan(60_000)
  })
})

describe('a registration that the API can be asked for', () => {
  /** The same connector, with an operation that reads a hook. */
  function asking() {
    const onHook = operation({
      id: 'onHook',
      method: 'POST',
      path: '/hooks',
      body: { name: 'body', schema: { type: 'any' }, required: true },
      role: { role: 'webhook', callbackPaths: [['notify', 'url']], delivers: 'body', once: false },
    })
    const read = operation({ id: 'getHook', path: '/hooks/{id}', parameters: [parameter('path', 'id')] })
    const demo = definition(world.provider.origin, { operations: [onHook, read] })
    return world.engine({ connectors: { get: async () => demo } })
  }

  test('is looked for, and made anew where it is gone; readers are told', async () => {
    const triggers = asking()
    const { feed, events } = await triggers.subscribe({
      binding: world.binding('onHook'),
      options: durable,
      signal: running(),
    })
    const subscriber = gather(events)
    const next = Number((await world.row(feed.id)).nextDueAt) - Date.now()
    expect(next).toBeGreaterThan(hour / 2)
    await world.makeDue(feed.id)
    await until(async () => calls('GET') === 2 && Number((await world.row(feed.id)).nextDueAt) > Date.now())
    expect(calls('POST')).toBe(1)
    world.provider.hooks.clear()
    await world.makeDue(feed.id)
    await until(() => world.provider.hooks.size === 1)
    await until(async () => (await triggers.get(feed.id))?.status === 'ACTIVE')
    expect(await subscriber.ended).toMatchObject({ code: 'CURSOR_EXPIRED' })
    expect((await deliver(triggers, urlOf(0), { id: 1 })).status).toBe(202)
  })

  test('what was registered is known, though the look at it broke off', async () => {
    const triggers = asking()
    world.provider.hold = async request => {
      if (request.method === 'GET') await triggers[Symbol.asyncDispose]()
    }
    const stopped = await triggers.create(world.binding('onHook'), durable).catch((error: unknown) => error)
    expect(stopped).toBeDefined()
    world.provider.hold = async () => {}
    const next = asking()
    const feed = await next.create(world.binding('onHook'), durable)
    expect(feed.status).toBe('ACTIVE')
    expect(calls('POST')).toBe(1)
    await next.remove(feed.id)
    expect(world.provider.hooks.size).toBe(0)
  })

  test('an API that does not answer says nothing', async () => {
    const triggers = asking()
    const feed = await triggers.create(world.binding('onHook'), durable)
    world.provider.failures.push({ status: 403 })
    await world.makeDue(feed.id)
    await until(async () => calls('GET') === 2 && Number((await world.row(feed.id)).nextDueAt) > Date.now())
    expect((await triggers.get(feed.id))?.status).toBe('ACTIVE')
    expect(calls('POST')).toBe(1)
  })
})

describe('reconciling', () => {
  test('work that was forgotten is done after the next start', async () => {
    const first = world.engine()
    const [ended, unregistered, byHand] = [
      await first.create(world.binding('onHook'), durable),
      await first.create(world.binding('onHooks'), durable),
      await first.create(world.binding('onRequest'), durable),
    ]
    await first[Symbol.asyncDispose]()
    await world.update(ended.id, { status: 'ENDED', nextDueAt: null })
    await world.update(unregistered.id, { registered: false, registration: null, nextDueAt: null })
    const posts = calls('POST')
    world.engine()
    await until(async () => !(await world.row(ended.id)).registered)
    await until(async () => (await world.row(unregistered.id)).registered)
    expect(calls('POST')).toBe(posts + 1)
    expect(calls('DELETE')).toBe(1)
    expect(await world.row(byHand.id)).toMatchObject({ status: 'ACTIVE', registered: false, nextDueAt: null })
  })

  test('a registration that is given up is counted, and its feed says so', async () => {
    const metrics = createMetrics()
    const triggers = world.engine({ metrics })
    world.provider.location = null
    const feed = await triggers.create(world.binding('onHook'), durable)
    await triggers.pause(feed.id)
    await until(
      async () => (await triggers.get(feed.id))?.statusReason?.includes('could not be deleted') === true,
    )
    expect(await metrics.registry.metrics()).toContain(
      'junctor_webhook_registrations_orphaned_total{connector="demo"} 1',
    )
  })

  test('a connection that goes while its provider is down leaves an orphan, and that is told', async () => {
    const metrics = createMetrics()
    const triggers = world.engine({ metrics })
    await triggers.create(world.binding('onHook'), durable)
    world.provider.failures.push(...Array.from({ length: 5 }, () => ({ status: 500 })))
    await triggers.connectionDeleted(world.connectionId)
    expect(await metrics.registry.metrics()).toContain(
      'junctor_webhook_registrations_orphaned_total{connector="demo"} 1',
    )
  })
})
