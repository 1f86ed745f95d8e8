// Webhook feeds: registered before a subscription resolves, unregistered when nobody needs them.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { wire } from '../invocation/definitions.ts'
import {
  deliver,
  durable,
  ephemeral,
  gather,
  openWorld,
  publicUrl,
  running,
  until,
  type World,
} from './hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const urlOf = (index = 0) => {
  const hook = [...world.provider.hooks.values()][index]
  return (hook!.body.notify as { url: string }).url
}

test('the callback URL goes to every place, parents are made, bound arguments stay', async () => {
  const triggers = world.engine()
  const { feed } = await triggers.subscribe({
    binding: world.binding('onHooks', {
      arguments: wire({}, { topic: 'orders', webhooks: [{ events: ['a'] }] }),
    }),
    options: ephemeral,
    signal: running(),
  })
  expect(feed).toMatchObject({ kind: 'WEBHOOK', status: 'ACTIVE' })
  const [hook] = world.provider.hooks.values()
  const { callback } = hook!.body
  expect(callback).toMatch(new RegExp(`^${publicUrl}/webhooks/[\\w-]{43}$`))
  expect(hook!.body).toEqual({
    topic: 'orders',
    webhooks: [{ events: ['a'], url: callback }],
    callback,
  })
  const row = await world.row(feed.id)
  const token = String(callback).split('/').at(-1)!
  expect(JSON.stringify(row)).not.toContain(token)
  expect(row.registration).not.toContain('/hooks/')
})

test('a registration that fails is thrown, and leaves nothing behind', async () => {
  const triggers = world.engine()
  // More than both tries can use up, since the scheduler may try as well.
  world.provider.failures.push(...Array.from({ length: 20 }, () => ({ status: 422 })))
  const binding = world.binding('onHook')
  await expect(triggers.subscribe({ binding, options: ephemeral, signal: running() })).rejects.toMatchObject({
    code: 'UPSTREAM_ERROR',
  })
  await expect(triggers.create(binding, durable)).rejects.toMatchObject({ code: 'UPSTREAM_ERROR' })
  const { feeds } = await triggers.list({ organizationId: binding.organizationId, first: 10 })
  expect(feeds.filter(feed => feed.status !== 'ENDED')).toEqual([])
  world.provider.failures.length = 0
  const { feed } = await triggers.subscribe({ binding, options: ephemeral, signal: running() })
  expect(feed.status).toBe('ACTIVE')
})

test('a delivery reaches the subscriber; a repeated delivery id does not', async () => {
  const triggers = world.engine()
  const { events } = await triggers.subscribe({
    binding: world.binding('onHook'),
    options: ephemeral,
    signal: running(),
  })
  const subscriber = gather(events)
  for (const [body, id] of [
    [{ id: 1 }, 'a'],
    [{ id: 1 }, 'a'],
    [{ id: 2 }, 'b'],
  ] as const)
    expect((await deliver(triggers, urlOf(), body, { 'x-github-delivery': id })).status).toBe(202)
  await until(() => subscriber.events.length === 2)
  expect(subscriber.events.map(event => event.id)).toEqual(['a', 'b'])
  expect(subscriber.ids()).toEqual([1, 2])
})

test('a feed without subscribers ends after its linger time and is unregistered', async () => {
  const triggers = world.engine()
  const { feed, events } = await triggers.subscribe({
    binding: world.binding('onHook'),
    options: ephemeral,
    signal: running(),
  })
  const url = urlOf()
  await gather(events).leave()
  expect(triggers.subscriberCount(feed.id)).toBe(0)
  expect(world.provider.hooks.size).toBe(1)
  await world.update(feed.id, { lingerUntil: new Date(0) })
  await until(() => world.provider.hooks.size === 0)
  await until(async () => !(await world.row(feed.id)).registered)
  expect((await triggers.get(feed.id))?.status).toBe('ENDED')
  expect((await deliver(triggers, url, { id: 1 })).status).toBe(410)
})

test('subscribers keep their feed alive; a durable feed needs none', async () => {
  const triggers = world.engine({ settings: { lingerSeconds: 1 } })
  const kept = await triggers.create(world.binding('onHooks'), durable)
  const { feed, events } = await triggers.subscribe({
    binding: world.binding('onHook'),
    options: ephemeral,
    signal: running(),
  })
  const subscriber = gather(events)
  const first = Number((await world.row(feed.id)).lingerUntil)
  await until(async () => Number((await world.row(feed.id)).lingerUntil) > first + 1500)
  expect((await triggers.get(feed.id))?.status).toBe('ACTIVE')
  await subscriber.leave()
  await until(async () => (await triggers.get(feed.id))?.status === 'ENDED')
  expect((await triggers.get(kept.id))?.status).toBe('ACTIVE')
})

test('an unregistration is tried again, and given up with a recorded reason', async () => {
  const { provider } = world
  const triggers = world.engine({ settings: { unregisterAttempts: 3 } })
  const feed = await triggers.create(world.binding('onHook'), durable)
  await triggers.pause(feed.id)
  await until(async () => !(await world.row(feed.id)).registered)
  expect(provider.hooks.size).toBe(0)
  await triggers.resume(feed.id)
  expect(provider.hooks.size).toBe(1)
  for (let attempt = 1; attempt <= 3; attempt++) provider.failures.push({ status: 403 })
  await triggers.pause(feed.id)
  await until(async () => (await world.row(feed.id)).consecutiveFailures === 1)
  await world.makeDue(feed.id)
  await until(async () => (await world.row(feed.id)).consecutiveFailures === 2)
  await world.makeDue(feed.id)
  await until(async () => !(await world.row(feed.id)).registered)
  expect((await world.row(feed.id)).statusReason).toContain('could not be deleted at the provider')
})

test('a provider that names no place, or one elsewhere, is given up at once', async () => {
  const { provider } = world
  const triggers = world.engine()
  const elsewhere = 'http://127.0.0.1:1/hooks/1'
  for (const location of [null, () => elsewhere]) {
    provider.location = location
    const feed = await triggers.create(world.binding('onHook'), durable)
    await triggers.pause(feed.id)
    await until(async () => !(await world.row(feed.id)).registered)
    expect((await world.row(feed.id)).statusReason).toMatch(/could not be deleted/)
    await triggers.remove(feed.id)
  }
  expect(provider.calls.filter(call => call.startsWith('DELETE'))).toEqual([])
})

test('a deleted feed is unregistered and gone, with its events', async () => {
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onHook'), durable)
  const url = urlOf()
  await deliver(triggers, url, { id: 1 })
  await triggers.remove(feed.id)
  expect(world.provider.hooks.size).toBe(0)
  expect(await triggers.get(feed.id)).toBeNull()
  await expect(triggers.events(feed.id, { first: 1 })).rejects.toMatchObject({ code: 'FEED_NOT_FOUND' })
  await until(async () => (await deliver(triggers, url, { id: 2 })).status === 404)
})

test('a deleted connection takes its feeds along', async () => {
  const triggers = world.engine()
  const { feed, events } = await triggers.subscribe({
    binding: world.binding('onHook'),
    options: ephemeral,
    signal: running(),
  })
  const subscriber = gather(events)
  await triggers.connectionDeleted(world.connectionId)
  expect(world.provider.hooks.size).toBe(0)
  expect(await subscriber.ended).toMatchObject({ code: 'FEED_ENDED' })
  expect((await triggers.get(feed.id))?.status).toBe('ENDED')
})

test('the URL is shown only where it is to be told by hand', async () => {
  const triggers = world.engine()
  const byCall = await triggers.create(world.binding('onHook'), durable)
  const byHand = await triggers.create(world.binding('onRequest'), durable)
  expect(await triggers.webhookUrl(byCall)).toBeNull()
  expect(await triggers.webhookUrl(byHand)).toMatch(new RegExp(`^${publicUrl}/webhooks/[\\w-]{43}$`))
})

/** Resolves when the provider has registered and holds its answer back; `release` lets it go. */
function heldAnswer() {
  let reached = () => {}
  let release = () => {}
  const registered = new Promise<void>(resolve => {
    reached = resolve
  })
  const answered = new Promise<void>(resolve => {
    release = resolve
  })
  world.provider.holdAnswer = () => {
    reached()
    return answered
  }
  return { registered, release: () => release() }
}

test('a crash between registering and recording: each event comes once, by the second registration only', async () => {
  const { provider } = world
  const { registered } = heldAnswer()
  const first = world.engine()
  const binding = world.binding('onHook')
  const subscribing = first
    .subscribe({ binding, options: durable, signal: running() })
    .catch((error: unknown) => error)
  await registered
  await first[Symbol.asyncDispose]()
  provider.holdAnswer = async () => {}
  expect(await subscribing).toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
  const second = world.engine()
  const { feed, events } = await second.subscribe({ binding, options: durable, signal: running() })
  expect(feed.status).toBe('ACTIVE')
  expect(provider.hooks.size).toBe(2)
  const subscriber = gather(events)
  const answers = [await deliver(second, urlOf(0), { id: 7 }), await deliver(second, urlOf(1), { id: 7 })]
  const unknown = await deliver(second, `${publicUrl}/webhooks/nobodys`, { id: 7 })
  expect(answers).toEqual([unknown, expect.objectContaining({ status: 202 })])
  await deliver(second, urlOf(1), { id: 8 })
  await until(() => subscriber.events.length >= 2)
  expect(subscriber.ids()).toEqual([7, 8])
})

test('a registration whose answer was lost is not delivered from when the next try is', async () => {
  const { provider } = world
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onHook'), durable)
  await triggers.pause(feed.id)
  await until(async () => !(await world.row(feed.id)).registered)
  provider.holdAnswer = () => Promise.reject(new Error('the answer is lost'))
  expect((await triggers.resume(feed.id)).status).toBe('FAILING')
  provider.holdAnswer = async () => {}
  await world.makeDue(feed.id)
  await until(async () => (await world.row(feed.id)).registered)
  const statuses = []
  for (let index = 0; index < provider.hooks.size; index++)
    statuses.push((await deliver(triggers, urlOf(index), { id: 1 })).status)
  expect(statuses).toEqual([404, 202])
})

test('a feed that is paused while its provider registers it leaves nothing there', async () => {
  const { provider } = world
  const triggers = world.engine()
  const binding = world.binding('onHook')
  const { registered, release } = heldAnswer()
  const creating = triggers.create(binding, durable)
  await registered
  const { feeds } = await triggers.list({ organizationId: binding.organizationId, first: 1 })
  await triggers.pause(feeds[0]!.id)
  release()
  expect((await creating).status).toBe('PAUSED')
  await until(() => provider.hooks.size === 0)
})

test('a durable feed outlives a subscriber that cannot have it registered', async () => {
  const { provider } = world
  const triggers = world.engine({ settings: { scanSeconds: 3600 } })
  const binding = world.binding('onHook')
  const feed = await triggers.create(binding, durable)
  // As a resume leaves it for a moment, and a crash for longer.
  await world.update(feed.id, {
    status: 'STARTING',
    registered: false,
    registration: null,
    nextDueAt: new Date(0),
  })
  provider.failures.push({ status: 422 })
  await expect(triggers.subscribe({ binding, options: ephemeral, signal: running() })).rejects.toMatchObject({
    code: 'UPSTREAM_ERROR',
  })
  expect(await triggers.get(feed.id)).toMatchObject({ status: 'FAILING', durable: true })
  const again = await triggers.subscribe({ binding, options: ephemeral, signal: running() })
  expect(again.feed).toMatchObject({ id: feed.id, status: 'ACTIVE' })
})

test('who reads a webhook that is paused and resumed is told that something may be missing', async () => {
  const triggers = world.engine()
  const binding = world.binding('onHook')
  const { feed, events } = await triggers.subscribe({ binding, options: durable, signal: running() })
  const subscriber = gather(events)
  await triggers.pause(feed.id)
  await until(async () => !(await world.row(feed.id)).registered)
  expect((await triggers.resume(feed.id)).status).toBe('ACTIVE')
  expect(await subscriber.ended).toMatchObject({ code: 'CURSOR_EXPIRED' })
  const on = gather((await triggers.subscribe({ binding, options: durable, signal: running() })).events)
  await deliver(triggers, urlOf(), { id: 1 })
  await until(() => on.events.length === 1)
  expect(on.ids()).toEqual([1])
})

test('a resumed feed whose registration fails is registered by the next try', async () => {
  const { provider } = world
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onHook'), durable)
  // As a pause leaves it that was taken back before anybody unregistered.
  await world.update(feed.id, { status: 'PAUSED' })
  provider.failures.push({ status: 204 }, { status: 422 })
  expect((await triggers.resume(feed.id)).status).toBe('FAILING')
  await world.makeDue(feed.id)
  await until(async () => (await triggers.get(feed.id))?.status === 'ACTIVE')
  expect(provider.calls.filter(call => call.startsWith('POST'))).toHaveLength(3)
})
