// A feed that is made where it is there already: whose it is, and who changes it.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { schema } from '../../src/store/index.ts'
import type { FeedOptions } from '../../src/triggers/index.ts'
import { durable, ephemeral, openWorld, ownerId, running, until, type World } from './hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
  await world.store.db.insert(schema.user).values({ id: 'bob', name: 'Bob', email: 'bob@example.com' })
})
afterEach(() => world[Symbol.asyncDispose]())

const bobs: FeedOptions = { durable: true, ownerId: 'bob' }

test('others share a durable feed as it is', async () => {
  const triggers = world.engine()
  const start = { start: 'LAST', count: 3 } as const
  const made = await triggers.create(world.binding('onItems'), { ...durable, intervalSeconds: 600, start })
  const before = await world.row(made.id)
  const shared = await triggers.create(world.binding('onItems'), bobs)
  expect(shared).toMatchObject({ id: made.id, ownerId, intervalSeconds: 600, status: 'ACTIVE' })
  for (const wish of [{ intervalSeconds: 10 }, { start: { start: 'LAST', count: 5 } }] as const)
    await expect(triggers.create(world.binding('onItems'), { ...bobs, ...wish })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('share it as it is'),
    })
  expect(await world.row(made.id)).toEqual(before)
})

test.each([
  ['its owner', durable],
  ['who may change it', { ...bobs, mayChange: true }],
])('%s changes what was given, and nothing else', async (_who, options) => {
  const triggers = world.engine()
  const start = { start: 'LAST', count: 3 } as const
  const made = await triggers.create(world.binding('onItems'), { ...durable, intervalSeconds: 600, start })
  const { pollState } = await world.row(made.id)
  await triggers.create(world.binding('onItems'), options)
  expect(await world.row(made.id)).toMatchObject({ intervalSeconds: 600, start: 'LAST', startCount: 3 })
  await triggers.create(world.binding('onItems'), { ...options, intervalSeconds: 10 })
  expect(await world.row(made.id)).toMatchObject({
    ownerId,
    intervalSeconds: 10,
    intervalChosen: true,
    startCount: 3,
    pollState,
  })
})

test('who first makes a subscriber’s feed durable owns it', async () => {
  const triggers = world.engine()
  await triggers.subscribe({ binding: world.binding('onItems'), options: ephemeral, signal: running() })
  const feed = await triggers.create(world.binding('onItems'), { ...bobs, intervalSeconds: 10 })
  expect(feed).toMatchObject({ durable: true, ownerId: 'bob', intervalSeconds: 10 })
})

test('a paused feed is resumed by who may, and refused to others', async () => {
  const triggers = world.engine()
  const feed = await triggers.create(world.binding('onHook'), durable)
  await triggers.pause(feed.id)
  await until(() => world.provider.hooks.size === 0)
  await expect(triggers.create(world.binding('onHook'), bobs)).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: expect.stringContaining('paused'),
  })
  expect((await triggers.get(feed.id))?.status).toBe('PAUSED')
  expect((await triggers.create(world.binding('onHook'), durable)).status).toBe('ACTIVE')
  expect(world.provider.hooks.size).toBe(1)
  await triggers.pause(feed.id)
  const resumed = await triggers.create(world.binding('onHook'), { ...bobs, mayChange: true })
  expect(resumed).toMatchObject({ status: 'ACTIVE', ownerId })
})
