// Leases: one instance works on a feed, a stale one writes nothing, and a crash anywhere loses and repeats nothing.
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { schema } from '../../src/store/index.ts'
import { appendEvents } from '../../src/triggers/log/event-log.ts'
import { createLeases } from '../../src/triggers/schedule/lease.ts'
import {
  authentication,
  connection,
  definition,
  operation,
  parameter,
  wire,
} from '../invocation/definitions.ts'
import { durable, gather, openWorld, running, until, type World } from './hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const leasesOf = (instanceId: string, leaseSeconds = 60) =>
  createLeases({ db: world.store.db, instanceId, leaseSeconds })

/** A durable poller whose engine is gone. */
async function idleFeed() {
  const engine = world.engine()
  const feed = await engine.create(world.binding('onItems'), durable)
  await engine[Symbol.asyncDispose]()
  await world.makeDue(feed.id)
  return feed
}

test('of many claimers each due feed has one', async () => {
  const engine = world.engine()
  for (let n = 0; n < 20; n++)
    await engine.create(world.binding('onItems', { arguments: wire({ query: { tag: String(n) } }) }), durable)
  await engine[Symbol.asyncDispose]()
  await world.store.db.update(schema.feed).set({ nextDueAt: new Date(0) })
  const claims = await Promise.all(Array.from({ length: 8 }, (_, n) => leasesOf(`i${n}`).claimDue(5)))
  const ids = claims.flat().map(row => row.id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(await leasesOf('late').claimDue(20)).toHaveLength(20 - ids.length)
})

test('a claim tells how late it is, and whether it takes over what another let go', async () => {
  const feed = await idleFeed()
  await world.update(feed.id, { nextDueAt: new Date(Date.now() - 100_000) })
  const [first] = await leasesOf('stale', 0.001).claimDue(1)
  expect(first).toMatchObject({ id: feed.id, reclaimed: false })
  expect(first!.lagSeconds).toBeGreaterThan(50)
  const next: Awaited<ReturnType<ReturnType<typeof leasesOf>['claimDue']>> = []
  await until(async () => next.push(...(await leasesOf('next').claimDue(1))) > 0)
  expect(next).toMatchObject([{ id: feed.id, reclaimed: true, leaseOwner: 'next' }])
})

test('a stale holder is fenced: nothing of its commit is there', async () => {
  const feed = await idleFeed()
  const stale = leasesOf('stale', 0.001)
  const [row] = await stale.claimDue(1)
  const lease = { feedId: feed.id, epoch: row!.leaseEpoch }
  await until(async () => (await leasesOf('next').claimDue(1)).length === 1)
  const written = await stale.underLease(lease, async (transaction, current) => {
    await appendEvents(transaction, current, [{ key: 'late', data: null }])
  })
  expect(written).toBe(false)
  expect(await stale.renew(lease)).toBe(false)
  expect(await stale.settle(lease, { status: 'ENDED' })).toBe(false)
  await stale.release(lease)
  const now = await world.row(feed.id)
  expect(now).toMatchObject({ leaseOwner: 'next', lastSequence: 0, status: 'ACTIVE' })
})

test('pausing, ending and reviving fence whoever works on the feed', async () => {
  const feed = await idleFeed()
  const leases = leasesOf('worker')
  const [row] = await leases.claimDue(1)
  const lease = { feedId: feed.id, epoch: row!.leaseEpoch }
  expect(await leases.renew(lease)).toBe(true)
  const engine = world.engine()
  await engine.pause(feed.id)
  expect(await leases.renew(lease)).toBe(false)
})

test('an instance that stops answering between the answer and the commit: nothing lost, nothing twice', async () => {
  const { provider } = world
  const first = world.engine({ settings: { leaseSeconds: 1 } })
  const feed = await first.create(world.binding('onItems'), durable)
  provider.add(1, 2)
  // The provider has told its items, and the one who asked never hears of it.
  let asked = 0
  provider.hold = async () => {
    asked++
    if (asked === 1) await new Promise(() => {})
  }
  await world.makeDue(feed.id)
  await until(() => asked === 1)
  const { leaseEpoch } = await world.row(feed.id)
  // Its lease runs out, as that of a killed process does.
  await world.store.db
    .update(schema.feed)
    .set({ leaseExpiresAt: new Date(0), leaseOwner: 'dead' })
    .where(eq(schema.feed.id, feed.id))
  const second = world.engine()
  const { events } = await second.events(feed.id, { first: 10 })
  expect(events).toEqual([])
  await until(async () => (await world.row(feed.id)).lastSequence === 2)
  expect((await world.row(feed.id)).leaseEpoch).toBeGreaterThan(leaseEpoch)
  await first[Symbol.asyncDispose]()
  expect((await world.row(feed.id)).lastSequence).toBe(2)
})

test('a transaction that fails half-way leaves neither events nor state', async () => {
  const feed = await idleFeed()
  const leases = leasesOf('worker')
  const [row] = await leases.claimDue(1)
  const lease = { feedId: feed.id, epoch: row!.leaseEpoch }
  const crash = leases.underLease(lease, async (transaction, current) => {
    await appendEvents(transaction, current, [{ key: 'a', data: 1 }])
    throw new Error('killed here')
  })
  await expect(crash).rejects.toThrow('killed here')
  expect(await world.row(feed.id)).toMatchObject({ lastSequence: 0, pollState: row!.pollState })
  await leases.release(lease)
  world.provider.add(1, 2)
  const engine = world.engine()
  await until(async () => (await engine.events(feed.id, { first: 10 })).events.length === 2)
})

test('a long poll keeps its lease', async () => {
  const { provider } = world
  const first = world.engine({ settings: { leaseSeconds: 0.5 } })
  const feed = await first.create(world.binding('onItems'), durable)
  provider.add(1)
  let answer = () => {}
  provider.hold = () =>
    new Promise(resolve => {
      answer = resolve
    })
  await world.makeDue(feed.id)
  await until(() => provider.polls.inFlight === 1)
  world.engine()
  const { leaseExpiresAt, leaseEpoch } = await world.row(feed.id)
  // Longer than the lease was at first, by the database's clock.
  await until(async () => Number((await world.row(feed.id)).leaseExpiresAt) > Number(leaseExpiresAt) + 1000)
  expect((await world.row(feed.id)).leaseEpoch).toBe(leaseEpoch)
  expect(provider.polls.inFlight).toBe(1)
  provider.hold = async () => {}
  answer()
  await until(async () => (await first.events(feed.id, { first: 10 })).events.length === 1)
  expect(provider.polls.mostInFlight).toBe(1)
})

test('an instance that was stopped for longer than its lease, just before it polls, does not poll', async () => {
  const { provider } = world
  let ahead = 0
  let stops = 1
  const engine = world.engine({
    clock: { ...systemClock, now: () => Date.now() + ahead },
    async openConnection(id) {
      // As if the process went on only now: its clock says so, and nothing else does yet.
      if (armed && stops-- > 0) {
        ahead += 61_000
        polledBefore = provider.polls.count
      } else if (armed) polledThen ??= provider.polls.count
      return connection(authentication('NONE'), {}, { id })
    },
  })
  let armed = false
  let polledBefore: number | null = null
  let polledThen: number | null = null
  const feed = await engine.create(world.binding('onItems'), durable)
  armed = true
  provider.add(1)
  await world.makeDue(feed.id)
  await until(async () => (await engine.events(feed.id, { first: 10 })).events.length === 1)
  expect(polledBefore).not.toBeNull()
  expect(polledThen).toBe(polledBefore)
  expect(await world.row(feed.id)).toMatchObject({ status: 'ACTIVE', consecutiveFailures: 0 })
})

test.each([
  ['registers a webhook', 'POST'],
  ['deletes a registration', 'DELETE'],
  ['looks for one', 'GET'],
])(
  'an instance that was stopped for longer than its lease, just before it %s, does not',
  async (_, method) => {
    const made = () => world.provider.calls.filter(call => call.startsWith(method)).length
    const { provider } = world
    const hook = operation({
      id: 'onHook',
      method: 'POST',
      path: '/hooks',
      body: { name: 'body', schema: { type: 'any' }, required: true },
      role: { role: 'webhook', callbackPaths: [['notify', 'url']], delivers: 'body', once: false },
    })
    const read = operation({ id: 'getHook', path: '/hooks/{id}', parameters: [parameter('path', 'id')] })
    const demo = definition(provider.origin, { operations: [hook, read] })
    let ahead = 0
    let armed = method === 'POST'
    let stopped: number | null = null
    let then: number | null = null
    const engine = world.engine({
      clock: { ...systemClock, now: () => Date.now() + ahead },
      connectors: { get: async () => demo },
      settings: { startSeconds: 600 },
      async openConnection(id) {
        if (armed && stopped === null) {
          ahead += 61_000
          stopped = made()
        } else if (armed) then ??= made()
        return connection(authentication('NONE'), {}, { id })
      },
    })
    const feed = await engine.create(world.binding('onHook'), durable)
    armed = true
    if (method === 'DELETE') await engine.pause(feed.id)
    if (method === 'GET') await world.makeDue(feed.id)
    await until(() => then !== null && made() > then)
    expect(then).toBe(stopped)
    await until(async () => (await world.row(feed.id)).leaseOwner === null)
    expect(provider.hooks.size).toBe(method === 'DELETE' ? 0 : 1)
    expect(await world.row(feed.id)).toMatchObject({ consecutiveFailures: 0 })
  },
)

test('stopping abandons a poll; the next instance does it at once', async () => {
  const { provider } = world
  const first = world.engine()
  const feed = await first.create(world.binding('onItems'), durable)
  provider.add(1)
  provider.hold = () => new Promise(() => {})
  await world.makeDue(feed.id)
  await until(() => provider.polls.inFlight === 1)
  await first[Symbol.asyncDispose]()
  expect(await world.row(feed.id)).toMatchObject({
    leaseOwner: null,
    consecutiveFailures: 0,
    status: 'ACTIVE',
  })
  provider.hold = async () => {}
  const second = world.engine()
  await until(async () => (await second.events(feed.id, { first: 10 })).events.length === 1)
})

test('no more polls at once than the limit', async () => {
  const { provider } = world
  const engine = world.engine({ settings: { concurrency: 3 } })
  const feeds = []
  for (let n = 0; n < 10; n++)
    feeds.push(
      await engine.create(
        world.binding('onItems', { arguments: wire({ query: { tag: String(n) } }) }),
        durable,
      ),
    )
  const released: (() => void)[] = []
  provider.hold = () => new Promise(resolve => released.push(resolve))
  const before = provider.polls.count
  await world.store.db.update(schema.feed).set({ nextDueAt: new Date(0) })
  for (let done = 0; done < 10; ) {
    const held = Math.min(3, 10 - done)
    await until(() => released.length === held)
    expect(provider.polls.inFlight).toBe(held)
    done += held
    for (const release of released.splice(0)) release()
    await until(() => provider.polls.count >= before + Math.min(10, done + 3))
  }
  provider.hold = async () => {}
  expect(provider.polls.mostInFlight).toBe(3)
})

test('a database that goes away and comes back: the engine goes on', async () => {
  const { provider } = world
  const engine = world.engine()
  const { feed, events } = await engine.subscribe({
    binding: world.binding('onItems'),
    options: durable,
    signal: running(),
  })
  const subscriber = gather(events)
  await world.store.db.execute(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  )
  provider.add(1)
  await world.makeDue(feed.id)
  await until(() => subscriber.events.length === 1)
})
