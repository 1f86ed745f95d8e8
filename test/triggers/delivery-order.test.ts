// Deliveries of many feeds through the logs of two hubs on one PostgreSQL: how they are put together is nobody's
// concern, and no feed's trouble is another's.
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { asc, eq, inArray, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { secret } from '../../src/secret.ts'
import { openStore, type Store, schema } from '../../src/store/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { type FeedId, feedIdOf } from '../../src/triggers/index.ts'
import { appendEvents } from '../../src/triggers/log/event-log.ts'
import { createAppendAtOnce } from '../../src/triggers/log/index.ts'
import { createDeliveryLog } from '../../src/triggers/webhook/delivery-log.ts'
import { openWorld, organizationId, type World } from './hub.ts'

const { feed, feedEvent } = schema

let world: World
let other: Store
beforeEach(async () => {
  world = await openWorld()
  const logger = createLogger('silent')
  other = await openStore({
    databaseUrl: secret(world.store.url),
    dataFolder: '/nonexistent',
    logger,
    clock: systemClock,
  })
})
afterEach(async () => {
  await other[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

type Status = 'ACTIVE' | 'PAUSED' | 'ENDED'

async function makeFeeds(...statuses: Status[]): Promise<FeedId[]> {
  const rows = statuses.map(status => ({
    id: randomUUID(),
    organizationId,
    connector: 'demo',
    operationId: 'onRequest',
    field: 'demo_onRequest',
    kind: 'WEBHOOK' as const,
    arguments: '{}',
    binding: randomUUID(),
    status,
    durable: true,
    intervalSeconds: 60,
    start: 'NEW_ONLY' as const,
  }))
  await world.store.db.insert(feed).values(rows)
  return rows.map(({ id }) => feedIdOf(id))
}

const eventsOf = (feedId: FeedId) =>
  world.store.db
    .select({ sequence: feedEvent.sequence, key: feedEvent.key, data: feedEvent.data })
    .from(feedEvent)
    .where(eq(feedEvent.feedId, feedId))
    .orderBy(asc(feedEvent.sequence))

/** Appends as a poller does, and holds the feed's lock for a moment. */
async function appendByPoller(feedId: FeedId, key: string, seconds: number): Promise<void> {
  await world.store.db.transaction(async transaction => {
    const [row] = await transaction.select().from(feed).where(eq(feed.id, feedId)).for('update')
    await appendEvents(transaction, row!, [{ key, data: 'poller' }])
    await transaction.execute(sql`select pg_sleep(${seconds})`)
  })
}

const step = fc.record({
  writer: fc.constantFrom('here', 'there', 'poller'),
  feed: fc.nat(3),
  key: fc.nat(40),
  /** Macrotasks before it. */
  wait: fc.nat(2),
})

test('two hubs and pollers in any order: each key once, no gap, one hub’s deliveries in its order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async steps => {
      const feeds = await makeFeeds('ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE')
      const logs = { here: createDeliveryLog(world.store.db), there: createDeliveryLog(other.db) }
      const answers: Promise<{ feedId: FeedId; key: string; stored: boolean }>[] = []
      const polls: Promise<void>[] = []
      for (const [n, { writer, wait, ...which }] of steps.entries()) {
        for (let turn = 0; turn < wait; turn++) await new Promise(resolve => setImmediate(resolve))
        const feedId = feeds[which.feed]!
        const key = `k-${which.key}`
        if (writer === 'poller') polls.push(appendByPoller(feedId, key, (n % 3) / 1000))
        else
          answers.push(
            logs[writer]
              .append(feedId, { key, data: [writer, n] }, 10, false)
              .then(stored => ({ feedId, key, stored: stored === 'stored' })),
          )
      }
      const told = await Promise.all(answers)
      await Promise.all(polls)
      for (const [index, feedId] of feeds.entries()) {
        const events = await eventsOf(feedId)
        const keys = events.map(({ key }) => key)
        expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, place) => place + 1))
        expect((await world.row(feedId)).lastSequence).toBe(events.length)
        expect(new Set(keys)).toEqual(
          new Set(steps.flatMap(each => (each.feed === index ? [`k-${each.key}`] : []))),
        )
        expect(new Set(keys).size).toBe(keys.length)
        // Who was told that an event is stored is the one whose event is in the log.
        const delivered = events.filter(({ data }) => data !== '"poller"').map(({ key }) => key)
        const stored = told.filter(each => each.feedId === feedId && each.stored).map(({ key }) => key)
        expect(stored.toSorted()).toEqual(delivered.toSorted())
        for (const writer of ['here', 'there']) {
          const order = events.flatMap(({ data }) => {
            const [who, n] = JSON.parse(data) as [string, number]
            return who === writer ? [n] : []
          })
          expect(order).toEqual(order.toSorted((a, b) => a - b))
        }
      }
    }),
    { numRuns: 25 },
  )
})

test('deliveries of twenty feeds share their transactions', async () => {
  const feeds = await makeFeeds(...Array.from({ length: 20 }, (): Status => 'ACTIVE'))
  const log = createDeliveryLog(world.store.db)
  await Promise.all(
    Array.from({ length: 200 }, (_, n) => log.append(feeds[n % 20]!, { key: `k-${n}`, data: n }, 10, false)),
  )
  const { rows } = await world.store.db.execute<{ events: number; commits: number }>(
    sql`select count(*)::int events, count(distinct xmin::text)::int commits from feed_event`,
  )
  expect(rows[0]?.events).toBe(200)
  expect(rows[0]?.commits).toBeLessThan(10)
})

test('each feed answers for itself, whoever it is stored with', async () => {
  const [active, paused, ended] = await makeFeeds('ACTIVE', 'PAUSED', 'ENDED')
  const log = createDeliveryLog(world.store.db)
  const append = (feedId: FeedId, key: string) => log.append(feedId, { key, data: null }, 10, false)
  const gone = feedIdOf(randomUUID())
  expect(
    await Promise.all([
      append(active!, 'a'),
      append(paused!, 'a'),
      append(ended!, 'a'),
      append(gone, 'a'),
      append(active!, 'a'),
      append(active!, 'b'),
    ]),
  ).toEqual(['stored', 'paused', 'ended', 'ended', 'repeated', 'stored'])
})

test('a burst at one feed does not go before what others have waiting', async () => {
  const [busy, quiet] = await makeFeeds('ACTIVE', 'ACTIVE')
  const log = createDeliveryLog(world.store.db)
  let answered = 0
  const burst = Array.from({ length: 3_000 }, (_, n) =>
    log.append(busy!, { key: `k-${n}`, data: n }, 10, false).then(() => answered++),
  )
  await log.append(quiet!, { key: 'k', data: null }, 10, false)
  expect(answered).toBeLessThan(1_000)
  await Promise.all(burst)
})

test('a feed whose row is locked keeps no other waiting, in the same batch or later', async () => {
  const [held, brief, free] = await makeFeeds('ACTIVE', 'ACTIVE', 'ACTIVE')
  const log = createDeliveryLog(world.store.db)
  const answered: string[] = []
  const append = async (name: string, feedId: FeedId, key: string) => {
    expect(await log.append(feedId, { key, data: name }, 10, false)).toBe('stored')
    answered.push(name)
  }
  const release = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const holding = other.db.transaction(async transaction => {
    await transaction.select().from(feed).where(eq(feed.id, held!)).for('update')
    locked.resolve()
    await release.promise
  })
  await locked.promise
  const briefly = appendByPoller(brief!, 'poller', 0.1)
  await pause(30)
  const late = [append('held', held!, 'a'), append('held again', held!, 'b'), append('brief', brief!, 'a')]
  await append('free', free!, 'a')
  await append('free again', free!, 'b')
  await late[2]
  release.resolve()
  await Promise.all([...late, holding, briefly])
  expect(answered).toEqual(['free', 'free again', 'brief', 'held', 'held again'])
})

test('what the store refuses of one feed is no other feed’s fault', async () => {
  const feeds = await makeFeeds('ACTIVE', 'ACTIVE', 'ACTIVE')
  await world.store.db.execute(
    sql`alter table feed_event add constraint no_poison check (key <> 'poison') not valid`,
  )
  const log = createDeliveryLog(world.store.db)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 30 }, (_, n) =>
      log.append(feeds[n % 3]!, { key: n === 10 ? 'poison' : `k-${n}`, data: n }, 10, false),
    ),
  )
  expect(outcomes.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([10])
  const { length } = await world.store.db.select().from(feedEvent).where(inArray(feedEvent.feedId, feeds))
  expect(length).toBe(29)
})

test('what is committed between a statement’s snapshot and its locks is not stored twice', async () => {
  // Many rows to lock: some are written by the other hub after the snapshot and before it is their turn.
  const feeds = (await makeFeeds(...Array.from({ length: 1_000 }, (): Status => 'ACTIVE'))).sort()
  const lastOnes = feeds.slice(-100)
  let late = 0
  const append = async (db: Store['db'], feedIds: readonly FeedId[], key: string) => {
    const outcomes = await createAppendAtOnce(db)(new Map(feedIds.map(id => [id, [{ key, data: key }]])))
    for (const outcome of outcomes.values()) if (outcome === 'late') late++
  }
  for (let round = 0; round < 6; round++) {
    const key = `k-${round}`
    await Promise.all([
      append(world.store.db, feeds, key),
      ...lastOnes.map(feedId => append(other.db, [feedId], key)),
    ])
  }
  expect(late).toBeGreaterThan(0)
  const { rows } = await world.store.db.execute<{ twice: number; holes: number }>(sql`
    select count(*) - count(distinct (feed_id, key)) as twice,
      (select count(*) from feed
        where last_sequence <> (select count(*) from feed_event where feed_id = feed.id)) as holes
    from feed_event`)
  expect(rows.map(({ twice, holes }) => [Number(twice), Number(holes)])).toEqual([[0, 0]])
})
