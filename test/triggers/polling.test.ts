// Polling, by protocol and by policy: what fires, what waits, what fails and comes back.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FeedId } from '../../src/triggers/index.ts'
import { durable, ephemeral, gather, openWorld, running, until, type World } from './hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

test('the first call only sets the state; what comes after it is told once, in order', async () => {
  const { provider } = world
  provider.add(1, 2)
  const triggers = world.engine()
  const { feed, events } = await triggers.subscribe({
    binding: world.binding('onItems'),
    options: ephemeral,
    signal: running(),
  })
  expect(feed.status).toBe('ACTIVE')
  const subscriber = gather(events)
  provider.add(3, 4)
  await world.makeDue(feed.id)
  await until(() => subscriber.events.length === 2)
  provider.add(5)
  await world.makeDue(feed.id)
  await until(() => subscriber.events.length === 3)
  expect(subscriber.ids()).toEqual([3, 4, 5])
  expect(new Set(subscriber.events.map(event => event.id)).size).toBe(3)
  expect(provider.polls.urls.slice(0, 3)).toEqual(['/poll', '/poll?triggerState=2', '/poll?triggerState=4'])
})

test('Retry-After: 0 drains at once, in one lease', async () => {
  const { provider } = world
  const triggers = world.engine()
  const { feed, events } = await triggers.subscribe({
    binding: world.binding('onItem'),
    options: ephemeral,
    signal: running(),
  })
  const subscriber = gather(events)
  provider.add(...Array.from({ length: 30 }, (_, index) => index + 1))
  const { leaseEpoch } = await world.row(feed.id)
  await world.makeDue(feed.id)
  await until(() => subscriber.events.length === 30)
  expect(subscriber.ids()).toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
  expect((await world.row(feed.id)).leaseEpoch).toBe(leaseEpoch + 1)
})

test('a drain is bounded; the rest comes with the next lease', async () => {
  const { provider } = world
  const triggers = world.engine({ settings: { drainLimit: 5 } })
  const { feed, events } = await triggers.subscribe({
    binding: world.binding('onItem'),
    options: ephemeral,
    signal: running(),
  })
  const subscriber = gather(events)
  provider.add(1, 2, 3, 4, 5, 6, 7)
  const { leaseEpoch } = await world.row(feed.id)
  await world.makeDue(feed.id)
  await until(() => subscriber.events.length === 7)
  expect((await world.row(feed.id)).leaseEpoch).toBe(leaseEpoch + 2)
})

test('Retry-After decides when the next poll comes', async () => {
  const { provider } = world
  provider.retryAfter = { none: '5000' }
  const triggers = world.engine()
  const { feed } = await triggers.subscribe({
    binding: world.binding('onItems'),
    options: ephemeral,
    signal: running(),
  })
  const { nextDueAt, lastPollAt } = await world.row(feed.id)
  expect(Number(nextDueAt) - Number(lastPollAt)).toBe(5_000_000)
})

test('failures make it FAILING with a reason and longer waits; one success makes it ACTIVE', async () => {
  const { provider } = world
  const triggers = world.engine()
  const { feed, events } = await triggers.subscribe({
    binding: world.binding('onItems'),
    options: { ...ephemeral, intervalSeconds: 10 },
    signal: running(),
  })
  const subscriber = gather(events)
  const waits: number[] = []
  for (let failures = 1; failures <= 3; failures++) {
    provider.failures.push({ status: 400 })
    await world.makeDue(feed.id)
    await until(async () => (await world.row(feed.id)).consecutiveFailures === failures)
    const row = await world.row(feed.id)
    waits.push(Number(row.nextDueAt) - Number(row.lastPollAt))
    expect(row.status).toBe('FAILING')
    expect(row.statusReason).toContain('400')
  }
  expect(waits[0]).toBeGreaterThanOrEqual(10_000)
  expect(waits[1]).toBeGreaterThan(waits[0]!)
  expect(waits[2]).toBeGreaterThan(waits[1]!)
  provider.add(1)
  await world.makeDue(feed.id)
  await until(() => subscriber.events.length === 1)
  expect(await triggers.get(feed.id)).toMatchObject({
    status: 'ACTIVE',
    statusReason: null,
    consecutiveFailures: 0,
  })
})

test('a first poll that fails does not end the subscription', async () => {
  const { provider } = world
  provider.failures.push({ status: 403 })
  const triggers = world.engine()
  const { feed, events } = await triggers.subscribe({
    binding: world.binding('onItems'),
    options: ephemeral,
    signal: running(),
  })
  expect(feed.status).toBe('FAILING')
  const subscriber = gather(events)
  await world.makeDue(feed.id)
  await until(async () => (await world.row(feed.id)).status === 'ACTIVE')
  provider.add(1)
  await world.makeDue(feed.id)
  await until(() => subscriber.events.length === 1)
})

test('an inactive connection makes it NEEDS_AUTHORIZATION and quiet; consent makes it go on where it stopped', async () => {
  const { provider } = world
  const triggers = world.engine()
  const { feed, events } = await triggers.subscribe({
    binding: world.binding('onItems'),
    options: ephemeral,
    signal: running(),
  })
  const subscriber = gather(events)
  world.inactive = true
  provider.add(1)
  await world.makeDue(feed.id)
  await until(async () => (await world.row(feed.id)).status === 'NEEDS_AUTHORIZATION')
  const { nextDueAt, lastPollAt } = await world.row(feed.id)
  expect(Number(nextDueAt)).toBeGreaterThan(Number(lastPollAt) + 600_000)
  provider.add(2)
  world.inactive = false
  await triggers.connectionChanged(world.connectionId)
  await until(() => subscriber.events.length === 2)
  expect(subscriber.ids()).toEqual([1, 2])
  expect((await triggers.get(feed.id))?.status).toBe('ACTIVE')
})

test('a connection that becomes inactive suspends its feeds', async () => {
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onItems'), durable)
  world.inactive = true
  await triggers.connectionChanged(world.connectionId)
  expect(await triggers.get(feed.id)).toMatchObject({
    status: 'NEEDS_AUTHORIZATION',
    statusReason: 'The connection needs consent.',
  })
})

test('one answer may bring more events than a statement has parameters', async () => {
  const { provider } = world
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onItems'), durable)
  provider.add(...Array.from({ length: 66_000 }, (_, index) => index))
  await world.makeDue(feed.id)
  await until(async () => (await world.row(feed.id)).consecutiveFailures + (await lastSequence(feed.id)) > 0)
  expect(await world.row(feed.id)).toMatchObject({ statusReason: null, lastSequence: 66_000 })
})
const lastSequence = async (feedId: FeedId) => (await world.row(feedId)).lastSequence

test.each(['onItems', 'onHook'])('%s: consent that nobody told of is noticed', async operationId => {
  const triggers = world.engine()
  const feed = await triggers.create(world.binding(operationId), durable)
  world.inactive = true
  await triggers.connectionChanged(world.connectionId)
  const { leaseEpoch } = await world.row(feed.id)
  await world.makeDue(feed.id)
  await until(async () => {
    const row = await world.row(feed.id)
    return row.leaseEpoch > leaseEpoch && row.leaseOwner === null
  })
  expect(await triggers.get(feed.id)).toMatchObject({ status: 'NEEDS_AUTHORIZATION' })
  world.inactive = false
  await world.makeDue(feed.id)
  await until(async () => (await triggers.get(feed.id))?.status === 'ACTIVE')
  expect(world.provider.hooks.size).toBe(operationId === 'onHook' ? 1 : 0)
})

test('pause stops the polls, resume goes on from the state', async () => {
  const { provider } = world
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onItems'), durable)
  expect((await triggers.pause(feed.id)).status).toBe('PAUSED')
  provider.add(1)
  await world.makeDue(feed.id)
  await until(async () => (await world.row(feed.id)).nextDueAt === null)
  expect(provider.polls.count).toBe(1)
  expect((await triggers.resume(feed.id)).status).toBe('ACTIVE')
  const page = await triggers.events(feed.id, { first: 10 })
  expect(page.events.map(event => event.data)).toEqual([{ id: 1 }])
})

test('by policy: newest first becomes oldest first, over pages, and the state comes from the first item', async () => {
  const { provider } = world
  provider.add(1, 2, 3)
  const triggers = world.engine()
  const { feed, events } = await triggers.subscribe({
    binding: world.binding('onListed'),
    options: ephemeral,
    signal: running(),
  })
  const subscriber = gather(events)
  provider.add(4, 5, 6, 7, 8)
  await world.makeDue(feed.id)
  await until(() => subscriber.events.length === 5)
  expect(subscriber.ids()).toEqual([4, 5, 6, 7, 8])
  await world.makeDue(feed.id)
  await until(() => provider.polls.urls.includes('/list?since_id=8'))
  expect(provider.polls.urls.slice(0, 4)).toEqual([
    '/list',
    '/list?since_id=3',
    '/list?since_id=3&page=2',
    '/list?since_id=3&page=3',
  ])
})

test('by policy: an empty baseline lets the first item fire', async () => {
  const { provider } = world
  const triggers = world.engine()
  const { feed, events } = await triggers.subscribe({
    binding: world.binding('onListed'),
    options: ephemeral,
    signal: running(),
  })
  const subscriber = gather(events)
  provider.add(1)
  await world.makeDue(feed.id)
  await until(() => subscriber.events.length === 1)
})

test.each([
  ['LAST', { start: 'LAST', count: 3 } as const, [3, 4, 5]],
  ['SINCE', { start: 'SINCE', since: new Date('2026-01-04') } as const, [4, 5]],
  ['NEW_ONLY', { start: 'NEW_ONLY' } as const, []],
])('by policy: a feed may start with %s', async (_name, start, expected) => {
  const { provider } = world
  for (let day = 1; day <= 5; day++) provider.items.push({ id: day, created_at: `2026-01-0${day}T12:00:00Z` })
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onListed'), { ...durable, start })
  const page = await triggers.events(feed.id, { first: 10 })
  expect(page.events.map(event => (event.data as { id: number }).id)).toEqual(expected)
})

test('what is no trigger, or no connector, is refused by name', async () => {
  const triggers = world.engine()
  const refused = (binding: ReturnType<World['binding']>) =>
    triggers.subscribe({ binding, options: ephemeral, signal: running() })
  await expect(refused(world.binding('notATrigger'))).rejects.toMatchObject({ code: 'BAD_INPUT' })
  await expect(refused(world.binding('onItems', { connector: 'gone' }))).rejects.toMatchObject({
    code: 'CONNECTOR_NOT_FOUND',
  })
})

test('poll states are sealed: URLs that an API hands out may carry credentials', async () => {
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onItems'), durable)
  expect((await world.row(feed.id)).pollState).not.toContain('triggerState')
})

test('an interval that is changed counts from now, and the feed goes on where it is', async () => {
  const { provider } = world
  provider.add(1)
  const triggers = world.engine()
  const binding = world.binding('onItems')
  const feed = await triggers.create(binding, { ...durable, intervalSeconds: 86_400 })
  const before = await world.row(feed.id)
  provider.add(2)
  await triggers.create(binding, { ...durable, intervalSeconds: 30 })
  const after = await world.row(feed.id)
  expect(after).toMatchObject({ pollState: before.pollState, intervalSeconds: 30 })
  expect(Number(after.nextDueAt) - Number(before.lastPollAt)).toBeLessThan(3600_000)
  await world.makeDue(feed.id)
  await until(async () => (await lastSequence(feed.id)) === 1)
  const { events } = await triggers.events(feed.id, { first: 10 })
  expect(events.map(({ data }) => data)).toEqual([{ id: 2 }])
})

test('the last polls are told: how each went, what it brought, how long it took', async () => {
  const { provider } = world
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onItems'), durable)
  provider.add(1, 2)
  await world.makeDue(feed.id)
  await until(async () => (await lastSequence(feed.id)) === 2)
  provider.failures.push({ status: 400 })
  await world.makeDue(feed.id)
  await until(async () => (await world.row(feed.id)).status === 'FAILING')
  const polls = (await triggers.get(feed.id))?.polls ?? []
  expect(polls.map(({ outcome, status, events }) => [outcome, status, events])).toEqual([
    ['UPSTREAM_ERROR', 400, 0],
    ['OK', 200, 2],
    ['OK', 202, 0],
  ])
  for (const { time, milliseconds } of polls) {
    expect(Math.abs(Date.now() - time.getTime())).toBeLessThan(600_000)
    expect(milliseconds).toBeGreaterThanOrEqual(0)
  }
  for (let more = 0; more < 25; more++) {
    const { leaseEpoch } = await world.row(feed.id)
    await world.makeDue(feed.id)
    await until(async () => {
      const row = await world.row(feed.id)
      return row.leaseEpoch > leaseEpoch && row.leaseOwner === null
    })
  }
  expect((await triggers.get(feed.id))?.polls).toHaveLength(20)
})

test('a resume is not answered with what was under way before the pause', async () => {
  const { provider } = world
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onItems'), durable)
  let held = 0
  provider.hold = () => {
    held++
    return held === 1 ? new Promise(() => {}) : Promise.resolve()
  }
  await world.makeDue(feed.id)
  await until(() => held === 1)
  await triggers.pause(feed.id)
  provider.add(1)
  expect((await triggers.resume(feed.id)).status).toBe('ACTIVE')
  expect(await lastSequence(feed.id)).toBe(1)
})

test('a connector that is not there any more: its feeds fail, and go on where they stopped when it is back', async () => {
  const { provider } = world
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onItems'), durable)
  world.serving = 'another'
  await world.makeDue(feed.id)
  await until(async () => (await world.row(feed.id)).status === 'FAILING')
  expect((await triggers.get(feed.id))?.statusReason).toContain('is not loaded')
  provider.add(1, 2)
  world.serving = null
  await world.makeDue(feed.id)
  await until(async () => (await world.row(feed.id)).status === 'ACTIVE')
  expect(await lastSequence(feed.id)).toBe(2)
})
