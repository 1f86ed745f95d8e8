// Feeds of connectors that somebody imported: worked while that import serves under its name, and ended when it goes.
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { schema } from '../../src/store/index.ts'
import type { Triggers } from '../../src/triggers/index.ts'
import { durable, ephemeral, gather, openWorld, organizationId, running, until, type World } from './hub.ts'

let world: World
let triggers: Triggers
let importId: string
beforeEach(async () => {
  world = await openWorld()
  triggers = world.engine()
  importId = await newImport('demo')
  world.serving = importId
})
afterEach(() => world[Symbol.asyncDispose]())

async function newImport(name: string): Promise<string> {
  const [row] = await world.store.db
    .insert(schema.connector)
    .values({ name, organizationId, document: '{}' })
    .returning()
  return row!.id
}

const subscribe = (of: string | null, after?: string) =>
  triggers.subscribe({
    binding: world.binding('onItems', { importId: of }),
    options: ephemeral,
    signal: running(),
    ...(after === undefined ? {} : { after }),
  })

test('nothing is polled for it while another connector has its name', async () => {
  const feed = await triggers.create(world.binding('onItems', { importId }), durable)
  world.serving = null
  const { count } = world.provider.polls
  await world.makeDue(feed.id)
  await until(async () => (await world.row(feed.id)).status === 'FAILING')
  expect((await world.row(feed.id)).statusReason).toMatch(/^The connector demo is not loaded/)
  expect(world.provider.polls.count).toBe(count)
  await triggers.connectionChanged(world.connectionId)

  world.serving = importId
  await world.makeDue(feed.id)
  await until(async () => (await world.row(feed.id)).status === 'ACTIVE')
  expect(world.provider.polls.count).toBe(count + 1)
})

test('the feed ends when its import is gone, and who is subscribed is told', async () => {
  const { feed, events } = await subscribe(importId)
  const subscriber = gather(events)
  await world.store.db.delete(schema.connector).where(eq(schema.connector.id, importId))
  expect(await subscriber.ended).toMatchObject({ code: 'FEED_ENDED' })
  expect(await world.row(feed.id)).toMatchObject({
    status: 'ENDED',
    statusReason: 'Its connector was removed.',
    nextDueAt: null,
  })
})

test('feeds of what ships with the hub do not end with an import of the name', async () => {
  world.serving = null
  const feed = await triggers.create(world.binding('onItems'), durable)
  await triggers.importRemoved(importId)
  await world.store.db.delete(schema.connector)
  const { feed: other } = await subscribe(null)
  expect(other.id).toBe(feed.id)
  expect((await world.row(feed.id)).status).toBe('ACTIVE')
})

test('the next import of the name has feeds of its own, and takes no cursor of the last', async () => {
  const first = await subscribe(importId)
  const reader = gather(first.events)
  world.provider.add(1)
  await world.makeDue(first.feed.id)
  await until(() => reader.events.length === 1)
  await triggers.importRemoved(importId)
  expect(await reader.ended).toMatchObject({ code: 'FEED_ENDED' })

  await world.store.db.delete(schema.connector)
  world.serving = await newImport('demo')
  const second = await subscribe(world.serving)
  expect(second.feed.id).not.toBe(first.feed.id)
  expect((await triggers.events(second.feed.id, { first: 10 })).events).toEqual([])
  await expect(subscribe(world.serving, reader.events[0]?.cursor)).rejects.toMatchObject({
    code: 'CURSOR_INVALID',
  })
  await expect(subscribe(importId)).rejects.toMatchObject({ code: 'CONNECTOR_NOT_FOUND' })
})
