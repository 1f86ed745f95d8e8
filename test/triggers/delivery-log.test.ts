// Bursts of deliveries: stored together, answered one by one.
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deliver, durable, ephemeral, gather, openWorld, running, until, type World } from './hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

test('a burst is stored in few transactions, each event once, and each sender told of its own', async () => {
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onRequest'), durable)
  const url = (await triggers.webhookUrl(feed))!
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, n) => deliver(triggers, url, { n }, { 'webhook-id': `d-${n % 250}` })),
  )
  expect(answers.every(({ status }) => status === 202)).toBe(true)
  const [counted] = (
    await world.store.db.execute<{ events: number; commits: number; last: number }>(
      sql`select count(*)::int events, count(distinct xmin::text)::int commits, max(sequence)::int last from feed_event`,
    )
  ).rows
  expect(counted).toMatchObject({ events: 250, last: 250 })
  expect(counted?.commits).toBeLessThan(50)
})

test('what the store refuses of one sender is not its neighbours’ fault', async () => {
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onRequest'), durable)
  const url = (await triggers.webhookUrl(feed))!
  await world.store.db.execute(
    sql`alter table feed_event add constraint no_poison check (key <> 'poison') not valid`,
  )
  const keys = Array.from({ length: 20 }, (_, n) => (n === 10 ? 'poison' : `d-${n}`))
  const answers = await Promise.all(keys.map(key => deliver(triggers, url, {}, { 'webhook-id': key })))
  expect(answers.map(({ status }) => status)).toEqual(keys.map(key => (key === 'poison' ? 503 : 202)))
  expect((await triggers.events(feed.id, { first: 100 })).events).toHaveLength(19)
})

test('two instances that store for one feed at the same moment: one order without holes, and nothing twice', async () => {
  const engines = [world.engine(), world.engine()]
  const feed = await engines[0]!.create(world.binding('onRequest'), durable)
  const url = (await engines[0]!.webhookUrl(feed))!
  const { events } = await engines[1]!.subscribe({
    binding: world.binding('onRequest'),
    options: ephemeral,
    signal: running(),
  })
  const gathered = gather(events)
  const keys = Array.from({ length: 400 }, (_, n) => `d-${n % 300}`)
  const answers = await Promise.all(
    keys.map((key, n) => deliver(engines[n % 2]!, url, { key }, { 'webhook-id': key })),
  )
  expect(answers.every(({ status }) => status === 202)).toBe(true)
  await until(() => gathered.events.length === 300)
  expect(new Set(gathered.events.map(({ id }) => id))).toEqual(new Set(keys))
  const sequences = await world.store.db.execute<{ sequence: number }>(
    sql`select sequence::int from feed_event order by sequence`,
  )
  expect(sequences.rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1))
  expect((await world.row(feed.id)).lastSequence).toBe(300)
})
