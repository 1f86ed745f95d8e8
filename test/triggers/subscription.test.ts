// Subscriptions: one feed for equal bindings, no gap, no repeat, in order, whatever happens in between.
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { schema } from '../../src/store/index.ts'
import type { FeedId, Triggers } from '../../src/triggers/index.ts'
import { appendEvents } from '../../src/triggers/log/event-log.ts'
import { wire } from '../invocation/definitions.ts'
import { deliver, durable, ephemeral, gather, openWorld, running, until, type World } from './hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const subscribe = (triggers: Triggers, operationId: string, after?: string) =>
  triggers.subscribe({
    binding: world.binding(operationId),
    options: ephemeral,
    signal: running(),
    ...(after === undefined ? {} : { after }),
  })

const byHand = async (triggers: Triggers) => {
  const feed = await triggers.create(world.binding('onRequest'), durable)
  const url = (await triggers.webhookUrl(feed))!
  const send = async (n: number) => {
    const answer = await deliver(triggers, url, { n }, { 'webhook-id': `d-${n}` })
    expect(answer.status).toBe(202)
  }
  return { feed, url, send }
}
const numbers = (gathered: ReturnType<typeof gather>) =>
  gathered.events.map(event => (event.data as { body: { n: number } }).body.n)
const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1)

test('a hundred subscribers on two instances: one feed, one registration, each event once for each', async () => {
  const engines = [world.engine(), world.engine()]
  const subscriptions = await Promise.all(upTo(100).map(n => subscribe(engines[n % 2]!, 'onHook')))
  expect(new Set(subscriptions.map(({ feed }) => feed.id)).size).toBe(1)
  expect(world.provider.hooks.size).toBe(1)
  const [{ feed } = { feed: null }] = subscriptions
  expect(engines[0]!.subscriberCount(feed!.id)).toBe(50)
  const gathered = subscriptions.map(({ events }) => gather(events))
  const [hook] = world.provider.hooks.values()
  const { url } = hook!.body.notify as { url: string }
  for (const id of upTo(5)) await deliver(engines[id % 2]!, url, { id })
  await until(() => gathered.every(each => each.events.length === 5))
  for (const each of gathered) expect(each.ids()).toEqual(upTo(5))
})

test('a hundred subscribers of a poller: never two polls at once', async () => {
  const { provider } = world
  const engines = [world.engine(), world.engine()]
  const subscriptions = await Promise.all(upTo(100).map(n => subscribe(engines[n % 2]!, 'onItems')))
  const { id } = subscriptions[0]!.feed
  const gathered = subscriptions.map(({ events }) => gather(events))
  expect(provider.polls.count).toBe(1)
  for (const n of upTo(5)) {
    provider.add(n)
    await world.makeDue(id)
    await until(() => gathered.every(each => each.events.length === n))
  }
  expect(provider.polls.mostInFlight).toBe(1)
})

test('other arguments, another organization or another connection are another feed', async () => {
  const triggers = world.engine()
  const one = await triggers.create(world.binding('onItems'), durable)
  const other = await triggers.create(
    world.binding('onItems', { arguments: wire({ query: { tag: 'x' } }) }),
    durable,
  )
  const without = await triggers.create(world.binding('onItems', { connectionId: null }), durable)
  expect(new Set([one.id, other.id, without.id]).size).toBe(3)
})

test('resume across a restart: history behind the cursor, then the tail, nothing twice', async () => {
  const first = world.engine()
  const { url, send } = await byHand(first)
  const { events } = await subscribe(first, 'onRequest')
  const before = gather(events)
  for (const n of upTo(3)) await send(n)
  await until(() => before.events.length === 3)
  const { cursor } = before.events[1]!
  await first[Symbol.asyncDispose]()
  expect(await before.ended).toMatchObject({ code: 'STORE_UNAVAILABLE' })

  const second = world.engine()
  await deliver(second, url, { n: 3 }, { 'webhook-id': 'd-3' })
  await deliver(second, url, { n: 4 }, { 'webhook-id': 'd-4' })
  const after = gather((await subscribe(second, 'onRequest', cursor)).events)
  await deliver(second, url, { n: 5 }, { 'webhook-id': 'd-5' })
  await until(() => after.events.length === 3)
  expect(numbers(after)).toEqual([3, 4, 5])
})

test('a poller goes on from its state across a restart, and a leave that outlasts its feed', async () => {
  const { provider } = world
  const first = world.engine()
  const subscription = await subscribe(first, 'onItems')
  const before = gather(subscription.events)
  provider.add(1)
  await world.makeDue(subscription.feed.id)
  await until(() => before.events.length === 1)
  await first[Symbol.asyncDispose]()

  await world.update(subscription.feed.id, { lingerUntil: new Date(0) })
  const second = world.engine()
  await until(async () => (await world.row(subscription.feed.id)).status === 'ENDED')
  provider.add(2, 3)
  const live = gather((await subscribe(second, 'onItems')).events)
  const resumed = await subscribe(second, 'onItems', before.events[0]!.cursor)
  expect(resumed.feed.id).toBe(subscription.feed.id)
  const after = gather(resumed.events)
  await until(() => after.events.length === 2)
  provider.add(4)
  await world.makeDue(resumed.feed.id)
  await until(() => after.events.length === 3 && live.events.length === 1)
  expect(after.ids()).toEqual([2, 3, 4])
  expect(live.ids()).toEqual([4])
})

test('a webhook that was not registered for a while: what it has is told, then the hole', async () => {
  const triggers = world.engine()
  const url = () => {
    const [hook] = world.provider.hooks.values()
    return (hook!.body.notify as { url: string }).url
  }
  const subscription = await subscribe(triggers, 'onHook')
  const before = gather(subscription.events)
  for (const id of upTo(3)) await deliver(triggers, url(), { id })
  await until(() => before.events.length === 3)
  await before.leave()
  await world.update(subscription.feed.id, { lingerUntil: new Date(0) })
  await until(async () => !(await world.row(subscription.feed.id)).registered)

  const resumed = await subscribe(triggers, 'onHook', before.events[1]!.cursor)
  expect(resumed.feed.id).toBe(subscription.feed.id)
  const after = gather(resumed.events)
  const error = await after.ended
  expect(after.ids()).toEqual([3])
  expect(error).toMatchObject({ code: 'CURSOR_EXPIRED' })

  await expect(subscribe(triggers, 'onHook', before.events[2]!.cursor)).rejects.toMatchObject({
    code: 'CURSOR_EXPIRED',
  })
  const { oldestCursor } = (error as { details: { oldestCursor: string } }).details
  const on = gather((await subscribe(triggers, 'onHook', oldestCursor)).events)
  await deliver(triggers, url(), { id: 4 })
  await until(() => on.events.length === 1)
  expect(on.ids()).toEqual([4])
})

test('without a cursor only what comes from now on is told', async () => {
  const triggers = world.engine()
  const { send } = await byHand(triggers)
  await send(1)
  const subscriber = gather((await subscribe(triggers, 'onRequest')).events)
  await send(2)
  await until(() => subscriber.events.length === 1)
  expect(numbers(subscriber)).toEqual([2])
})

test('pruned: CURSOR_EXPIRED names the oldest cursor, and that one works', async () => {
  const triggers = world.engine({ settings: { retentionCount: 2 } })
  const { feed, send } = await byHand(triggers)
  const all = gather((await subscribe(triggers, 'onRequest')).events)
  for (const n of upTo(5)) {
    await send(n)
    await until(() => all.events.length === n)
  }
  await until(async () => (await world.row(feed.id)).prunedSequence === 3)
  const error = await subscribe(triggers, 'onRequest', all.events[0]!.cursor).catch(
    (caught: unknown) => caught,
  )
  expect(error).toMatchObject({ code: 'CURSOR_EXPIRED' })
  const { message, details } = error as { message: string; details: { oldestCursor: string } }
  expect(message).toContain(details.oldestCursor)
  const rest = gather((await subscribe(triggers, 'onRequest', details.oldestCursor)).events)
  await until(() => rest.events.length === 2)
  expect(numbers(rest)).toEqual([4, 5])
  await expect(triggers.events(feed.id, { first: 1, after: all.events[0]!.cursor })).rejects.toMatchObject({
    code: 'CURSOR_EXPIRED',
  })
  const page = await triggers.events(feed.id, { first: 1 })
  expect(page).toMatchObject({ hasNextPage: true, newestCursor: all.events[4]!.cursor })
  expect(page.events.map(event => event.cursor)).toEqual([page.oldestCursor])
})

test('pruning by age', async () => {
  const triggers = world.engine()
  const { feed, send } = await byHand(triggers)
  await send(1)
  await send(2)
  await world.store.db.execute(
    sql`update feed_event set received_at = now() - interval '8 days' where sequence = 1`,
  )
  await until(async () => (await world.row(feed.id)).prunedSequence === 1)
  const page = await triggers.events(feed.id, { first: 10 })
  expect(page.events).toHaveLength(1)
})

test('a slow reader that pruning overtakes is told', async () => {
  const triggers = world.engine({ settings: { retentionCount: 2, pageEvents: 1 } })
  const { feed, send } = await byHand(triggers)
  const { events } = await subscribe(triggers, 'onRequest')
  const iterator = events[Symbol.asyncIterator]()
  for (const n of upTo(6)) await send(n)
  await until(async () => (await world.row(feed.id)).prunedSequence === 4)
  await expect(iterator.next()).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' })
})

test('cursors of another feed, of nobody, from the future or cut are CURSOR_INVALID', async () => {
  const triggers = world.engine()
  const { send } = await byHand(triggers)
  const subscriber = gather((await subscribe(triggers, 'onRequest')).events)
  await send(1)
  await until(() => subscriber.events.length === 1)
  const { cursor, feedId } = subscriber.events[0]!
  for (const [operation, wrong] of [
    ['onItems', cursor],
    ['onRequest', cursor.slice(1)],
    ['onRequest', 'nonsense'],
    ['onRequest', ''],
  ] as const)
    await expect(subscribe(triggers, operation, wrong)).rejects.toMatchObject({ code: 'CURSOR_INVALID' })
  await world.update(feedId, { lastSequence: 0 })
  await expect(subscribe(triggers, 'onRequest', cursor)).rejects.toMatchObject({ code: 'CURSOR_INVALID' })
})

test('the cursor of a deleted feed is CURSOR_EXPIRED, also when the binding has a new feed', async () => {
  const triggers = world.engine()
  const { feed, send } = await byHand(triggers)
  const subscriber = gather((await subscribe(triggers, 'onRequest')).events)
  await send(1)
  await until(() => subscriber.events.length === 1)
  await triggers.remove(feed.id)
  expect(await subscriber.ended).toMatchObject({ code: 'FEED_ENDED' })
  await byHand(triggers)
  await expect(subscribe(triggers, 'onRequest', subscriber.events[0]!.cursor)).rejects.toMatchObject({
    code: 'CURSOR_EXPIRED',
  })
})

test('a slow consumer delays nobody and holds one page', async () => {
  const triggers = world.engine({ settings: { pageEvents: 5 } })
  const { send } = await byHand(triggers)
  const slow = (await subscribe(triggers, 'onRequest')).events[Symbol.asyncIterator]()
  const fast = gather((await subscribe(triggers, 'onRequest')).events)
  await send(1)
  expect((await slow.next()).done).toBe(false)
  for (const n of upTo(40).slice(1)) await send(n)
  await until(() => fast.events.length === 40)
  const late: number[] = []
  while (late.length < 39) {
    const next = await slow.next()
    if (!next.done) late.push((next.value.data as { body: { n: number } }).body.n)
  }
  expect(late).toEqual(upTo(40).slice(1))
})

test('a page is bounded in characters, and yet every event comes', async () => {
  const triggers = world.engine({ settings: { pageCharacters: 50 } })
  const { url, send } = await byHand(triggers)
  const subscriber = gather((await subscribe(triggers, 'onRequest')).events)
  await deliver(triggers, url, { n: 1, text: 'x'.repeat(1000) }, { 'webhook-id': 'big' })
  await send(2)
  await send(3)
  await until(() => subscriber.events.length === 3)
  expect(numbers(subscriber)).toEqual([1, 2, 3])
})

test('leaving ends a stream that waits, by return or by signal', async () => {
  const triggers = world.engine()
  const { feed } = await byHand(triggers)
  const one = gather((await subscribe(triggers, 'onRequest')).events)
  const leaving = new AbortController()
  const { events } = await triggers.subscribe({
    binding: world.binding('onRequest'),
    options: ephemeral,
    signal: leaving.signal,
  })
  const other = gather(events)
  await triggers.subscribe({
    binding: world.binding('onRequest'),
    options: ephemeral,
    signal: leaving.signal,
  })
  expect(triggers.subscriberCount(feed.id)).toBe(3)
  await one.leave()
  leaving.abort()
  expect(await one.ended).toBeNull()
  expect(await other.ended).toBeNull()
  expect(triggers.subscriberCount(feed.id)).toBe(0)
})

test('writers that commit late are not passed by: the row lock orders sequences', async () => {
  const triggers = world.engine()
  const { feed } = await byHand(triggers)
  const subscriber = gather((await subscribe(triggers, 'onRequest')).events)
  const write = (writer: number, n: number) =>
    world.store.db.transaction(async transaction => {
      const [row] = await transaction
        .select()
        .from(schema.feed)
        .where(sql`${schema.feed.id} = ${feed.id}`)
        .for('update')
      await appendEvents(transaction, row!, [{ key: `${writer}-${n}`, data: { n } }])
      // Holds the transaction open for a moment that differs between writers.
      await transaction.execute(sql`select pg_sleep(${(writer % 3) / 500})`)
    })
  await Promise.all(
    upTo(6).map(async writer => {
      for (const n of upTo(20)) await write(writer, n)
    }),
  )
  await until(() => subscriber.events.length === 120)
  expect(new Set(subscriber.events.map(event => event.id)).size).toBe(120)
})

test('a lost wake-up costs latency, not the event', async () => {
  const deaf = { wake: () => {}, listen: async () => () => {}, [Symbol.asyncDispose]: async () => {} }
  const triggers = world.engine({ bus: deaf })
  const { send } = await byHand(triggers)
  const subscriber = gather((await subscribe(triggers, 'onRequest')).events)
  for (const n of upTo(3)) await send(n)
  await until(() => subscriber.events.length === 3)
})

test('feeds are listed in order of creation, page by page, by organization and connection', async () => {
  const triggers = world.engine()
  const made: FeedId[] = []
  for (const tag of ['a', 'b', 'c'])
    made.push(
      (await triggers.create(world.binding('onItems', { arguments: wire({ query: { tag } }) }), durable)).id,
    )
  await triggers.create(world.binding('onItems', { connectionId: null }), durable)
  const query = { organizationId: 'org-1', connectionId: world.connectionId }
  const one = await triggers.list({ ...query, first: 2 })
  expect(one).toMatchObject({ totalCount: 3, hasNextPage: true })
  const two = await triggers.list({ ...query, first: 2, after: one.endCursor! })
  expect([...one.feeds, ...two.feeds].map(feed => feed.id)).toEqual(made)
  expect(two.hasNextPage).toBe(false)
  expect((await triggers.list({ organizationId: 'other', first: 9 })).totalCount).toBe(0)
})
