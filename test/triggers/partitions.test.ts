// The log’s partitions: made ahead by one of several hubs, dropped whole, and one log to whoever reads or appends.
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Triggers } from '../../src/triggers/index.ts'
import { deliver, durable, ephemeral, gather, openWorld, running, until, type World } from './hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const day = 24 * 3600

const partitions = async () =>
  (
    await world.store.db.execute<{ name: string }>(
      sql`select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
        where inhparent = 'feed_event'::regclass order by 1`,
    )
  ).rows.map(({ name }) => name)

const partitionsOfEvents = async () =>
  (
    await world.store.db.execute<{ name: string }>(
      sql`select tableoid::regclass::text as name from feed_event order by sequence`,
    )
  ).rows.map(({ name }) => name)

/** All events so far were received so many days ago, in a partition of a week that ended then. */
async function age(days: number): Promise<string> {
  const { db } = world.store
  const to = Math.round(Date.now() / 1000 - days * day)
  const name = `feed_event_${to - 7 * day}_${to}`
  const [first] = await partitions()
  await db.execute(sql`update feed_event set received_at = to_timestamp(${to - 10})`)
  await db.execute(sql.raw(`alter table feed_event detach partition ${first}`))
  await db.execute(sql.raw(`alter table ${first} rename to ${name}`))
  await db.execute(
    sql.raw(
      `alter table feed_event attach partition ${name} for values from (to_timestamp(${to - 7 * day})) to (to_timestamp(${to}))`,
    ),
  )
  return name
}

async function byHand(triggers: Triggers) {
  const feed = await triggers.create(world.binding('onRequest'), durable)
  const url = (await triggers.webhookUrl(feed))!
  return {
    feed,
    send: async (from: Triggers, ...numbers: number[]) => {
      for (const n of numbers)
        expect((await deliver(from, url, { n }, { 'webhook-id': `d-${n}` })).status).toBe(202)
    },
  }
}

test('the next partition is made ahead, once, by whichever hub comes first', async () => {
  const [first] = await partitions()
  const end = Number(first?.split('_').at(-1))
  const settings = { partitionSeconds: 30 * day }
  const engines = [world.engine({ settings }), world.engine({ settings }), world.engine({ settings })]
  const next = `feed_event_${end}_${end + 30 * day}`
  await until(async () => (await partitions()).includes(next))
  const { send } = await byHand(engines[0]!)
  await send(engines[0]!, 1)
  await world.store.db.execute(sql`update feed_event set received_at = to_timestamp(${end + 1})`)
  expect(await partitionsOfEvents()).toEqual([next])
  expect(await partitions()).toEqual([first, next, 'feed_event_default'])
})

test('a partition that was made too late begins soon; what comes until then is kept, and pruned, as ever', async () => {
  const before = world.engine()
  const { feed, send } = await byHand(before)
  await send(before, 1)
  await before[Symbol.asyncDispose]()
  await age(1)
  const late = world.engine({ settings: { retentionCount: 2 } })
  await send(late, 2, 3)
  expect((await partitionsOfEvents()).slice(1)).toEqual(['feed_event_default', 'feed_event_default'])
  await until(async () => (await partitions()).length === 3)
  const [, made] = await partitions()
  const [from, to] = made!.split('_').slice(2).map(Number)
  expect(to! - from!).toBe(7 * day)
  expect(from! * 1000).toBeGreaterThan(Date.now() - 1000)
  await send(late, 4)
  await until(async () => (await world.row(feed.id)).prunedSequence === 2)
  expect((await late.events(feed.id, { first: 10 })).events.map(({ id }) => id)).toEqual(['d-3', 'd-4'])
})

test('a partition of which everything is too old is dropped, and who reads from there is told', async () => {
  const before = world.engine()
  const { feed, send } = await byHand(before)
  await send(before, 1, 2, 3)
  const { events } = await before.events(feed.id, { first: 10 })
  await before[Symbol.asyncDispose]()
  const old = await age(8)
  const triggers = world.engine()
  await send(triggers, 4, 5)
  await until(async () => !(await partitions()).includes(old))
  expect(await world.row(feed.id)).toMatchObject({ prunedSequence: 3, lastSequence: 5 })
  const page = await triggers.events(feed.id, { first: 10 })
  expect(page.events.map(({ id }) => id)).toEqual(['d-4', 'd-5'])
  expect(page.oldestCursor).toBe(page.events[0]!.cursor)
  const resume = (after: string) =>
    triggers.subscribe({
      binding: world.binding('onRequest'),
      options: ephemeral,
      after,
      signal: running(),
    })
  await expect(resume(events[1]!.cursor)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' })
  const rest = gather((await resume(events[2]!.cursor)).events)
  await until(() => rest.events.length === 2)
})

test('one that is not too old stays: its events are read before the newer, and their keys are known', async () => {
  const before = world.engine()
  const { feed, send } = await byHand(before)
  await send(before, 1, 2)
  await before[Symbol.asyncDispose]()
  const old = await age(6)
  const triggers = world.engine()
  await send(triggers, 2, 3, 1)
  await until(async () => (await partitions()).length === 3)
  expect(await partitions()).toContain(old)
  expect(await partitionsOfEvents()).toEqual([old, old, 'feed_event_default'])
  const { events } = await triggers.events(feed.id, { first: 10 })
  expect(events.map(({ id }) => id)).toEqual(['d-1', 'd-2', 'd-3'])
})
