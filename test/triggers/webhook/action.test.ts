// Webhook actions: one call, one callback, and the stream of its feed is complete.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { wire } from '../../invocation/definitions.ts'
import {
  deliver,
  durable,
  ephemeral,
  gather,
  openWorld,
  ownerId,
  running,
  until,
  type World,
} from '../hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const question = () => ({
  binding: world.binding('ask', { arguments: wire({}, { question: 'May I?' }) }),
  ownerId,
  signal: running(),
})
const urlOf = (index = 0) => {
  const hook = [...world.provider.hooks.values()][index]
  return (hook!.body.notify as { url: string }).url
}
const posts = () => world.provider.calls.filter(call => call.startsWith('POST')).length

test('the answer reaches who follows, whether it comes before or after; then the stream is complete', async () => {
  const triggers = world.engine()
  const feed = await triggers.ask(question())
  expect(feed).toMatchObject({ status: 'ACTIVE', once: true, durable: false })
  expect([...world.provider.hooks.values()][0]!.body).toMatchObject({ question: 'May I?' })
  const early = gather((await triggers.follow({ feedId: feed.id, signal: running() })).events)
  expect((await deliver(triggers, urlOf(), { id: 7 })).status).toBe(202)
  expect(await early.ended).toBeNull()
  const late = gather((await triggers.follow({ feedId: feed.id, signal: running() })).events)
  expect(await late.ended).toBeNull()
  expect([early.ids(), late.ids()]).toEqual([[7], [7]])
  const [event] = late.events
  const resumed = await triggers.follow({ feedId: feed.id, after: event!.cursor, signal: running() })
  const nothing = gather(resumed.events)
  expect(await nothing.ended).toBeNull()
  expect(nothing.ids()).toEqual([])
  expect((await deliver(triggers, urlOf(), { id: 8 })).status).toBe(410)
  expect((await triggers.get(feed.id))?.status).toBe('ENDED')
  expect(posts()).toBe(1)
})

test('equal calls are calls of their own, with answers of their own', async () => {
  const triggers = world.engine()
  const [first, second] = [await triggers.ask(question()), await triggers.ask(question())]
  expect(first.id).not.toBe(second.id)
  expect(posts()).toBe(2)
  await deliver(triggers, urlOf(1), { id: 2 })
  await deliver(triggers, urlOf(0), { id: 1 })
  const answers = []
  for (const { id } of [first, second]) {
    const read = gather((await triggers.follow({ feedId: id, signal: running() })).events)
    await read.ended
    answers.push(read.ids())
  }
  expect(answers).toEqual([[1], [2]])
})

test('a call that fails is thrown, and leaves nothing to wait for', async () => {
  const triggers = world.engine()
  world.provider.failures.push({ status: 422 })
  await expect(triggers.ask(question())).rejects.toMatchObject({ code: 'UPSTREAM_ERROR' })
  const { totalCount } = await triggers.list({ organizationId: 'org-1', first: 10 })
  expect(totalCount).toBe(0)
  expect(posts()).toBe(1)
})

test('a callback that is faster than the answer to the call is the answer', async () => {
  const triggers = world.engine()
  world.provider.holdAnswer = async () => {
    expect((await deliver(triggers, urlOf(), { id: 3 })).status).toBe(202)
  }
  const feed = await triggers.ask(question())
  expect(feed.status).toBe('ENDED')
  const read = gather((await triggers.follow({ feedId: feed.id, signal: running() })).events)
  expect(await read.ended).toBeNull()
  expect(read.ids()).toEqual([3])
})

test('a hub that stops in the call does not make it again, and takes the answer that comes', async () => {
  const first = world.engine()
  let reached = () => {}
  const registered = new Promise<void>(resolve => {
    reached = resolve
  })
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  world.provider.holdAnswer = () => {
    reached()
    return held
  }
  const asking = first.ask(question()).catch((error: unknown) => error)
  await registered
  await first[Symbol.asyncDispose]()
  const second = world.engine()
  const { feeds } = await second.list({ organizationId: 'org-1', first: 1 })
  await second.connectionChanged(world.connectionId)
  world.inactive = true
  await second.connectionChanged(world.connectionId)
  world.inactive = false
  await second.connectionChanged(world.connectionId)
  await until(async () => (await second.get(feeds[0]!.id))?.status === 'ACTIVE')
  expect((await deliver(second, urlOf(), { id: 4 })).status).toBe(202)
  release()
  await asking
  const read = gather((await second.follow({ feedId: feeds[0]!.id, signal: running() })).events)
  expect(await read.ended).toBeNull()
  expect(read.ids()).toEqual([4])
  expect(posts()).toBe(1)
})

test('where no callback comes in time the feed ends, the registration goes, and who follows is told', async () => {
  const triggers = world.engine({ settings: { answerSeconds: 1, lingerSeconds: 600 } })
  const feed = await triggers.ask(question())
  const read = gather((await triggers.follow({ feedId: feed.id, signal: running() })).events)
  expect(await read.ended).toMatchObject({
    code: 'FEED_ENDED',
    message: expect.stringContaining('No callback came in time.'),
  })
  await until(() => world.provider.hooks.size === 0)
})

test('readers do not shorten the time that it waits', async () => {
  const triggers = world.engine({ settings: { lingerSeconds: 1 } })
  const feed = await triggers.ask(question())
  const until1 = Number((await world.row(feed.id)).lingerUntil)
  const other = await triggers.subscribe({
    binding: world.binding('onHook'),
    options: ephemeral,
    signal: running(),
  })
  const read = gather((await triggers.follow({ feedId: feed.id, signal: running() })).events)
  const seen = Number((await world.row(other.feed.id)).lingerUntil)
  gather(other.events)
  await until(async () => Number((await world.row(other.feed.id)).lingerUntil) > seen)
  expect(Number((await world.row(feed.id)).lingerUntil)).toBe(until1)
  await read.leave()
})

test('it is deleted like any feed, and neither paused nor made again', async () => {
  const triggers = world.engine()
  const feed = await triggers.ask(question())
  await expect(triggers.pause(feed.id)).rejects.toMatchObject({ code: 'BAD_INPUT' })
  const { binding } = question()
  await expect(triggers.create(binding, durable)).rejects.toMatchObject({ code: 'BAD_INPUT' })
  await expect(triggers.subscribe({ binding, options: ephemeral, signal: running() })).rejects.toMatchObject({
    code: 'BAD_INPUT',
  })
  await expect(triggers.ask({ ...question(), binding: world.binding('onHook') })).rejects.toMatchObject({
    code: 'BAD_INPUT',
  })
  await triggers.remove(feed.id)
  expect(world.provider.hooks.size).toBe(0)
  expect(await triggers.get(feed.id)).toBeNull()
})
