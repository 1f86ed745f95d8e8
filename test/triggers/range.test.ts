// A range of a feed's log, told again: what is between two cursors, whatever becomes of the feed, and then the end.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FeedId, Triggers } from '../../src/triggers/index.ts'
import { deliver, durable, gather, openWorld, running, until, type World } from './hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

async function filled(count: number) {
  const triggers = world.engine({ settings: { pageEvents: 2 } })
  const feed = await triggers.create(world.binding('onRequest'), durable)
  const url = (await triggers.webhookUrl(feed))!
  const send = (id: number) => deliver(triggers, url, { id })
  for (let id = 1; id <= count; id++) await send(id)
  const { events } = await triggers.events(feed.id, { first: 100 })
  return { triggers, feed, send, cursors: events.map(({ cursor }) => cursor) }
}

/** The ids of the range, and what it ended with. */
async function range(triggers: Triggers, feedId: FeedId, cursors: { after?: string; until?: string }) {
  const subscription = await triggers.follow({ feedId, signal: running(), ...cursors })
  const gathered = gather(subscription.events)
  const error = await gathered.ended
  return { ids: gathered.events.map(({ data }) => (data as { body: { id: number } }).body.id), error }
}

test('it begins behind `after` or with the oldest, ends with `until`, and what comes meanwhile is not in it', async () => {
  const { triggers, feed, send, cursors } = await filled(7)
  const whole = range(triggers, feed.id, { until: cursors[5]! })
  await send(8)
  expect(await whole).toEqual({ ids: [1, 2, 3, 4, 5, 6], error: null })
  expect(await range(triggers, feed.id, { after: cursors[1]!, until: cursors[4]! })).toEqual({
    ids: [3, 4, 5],
    error: null,
  })
  expect(await range(triggers, feed.id, { after: cursors[6]!, until: cursors[6]! })).toEqual({
    ids: [],
    error: null,
  })
  expect(triggers.subscriberCount(feed.id)).toBe(0)
})

test('a feed that has ended is read, and stays ended', async () => {
  const { triggers, feed, cursors } = await filled(3)
  await world.update(feed.id, { status: 'ENDED', endedAt: new Date() })
  expect(await range(triggers, feed.id, { until: cursors[2]! })).toEqual({ ids: [1, 2, 3], error: null })
  expect((await world.row(feed.id)).status).toBe('ENDED')
})

test('what was pruned is never left out in silence', async () => {
  const { triggers, feed, cursors } = await filled(6)
  world.engine({ settings: { retentionCount: 3 } })
  await until(async () => (await world.row(feed.id)).prunedSequence === 3)
  const wanted = { until: cursors[4]! }
  expect(await range(triggers, feed.id, wanted)).toEqual({ ids: [4, 5], error: null })
  const gap = await range(triggers, feed.id, { ...wanted, after: cursors[0]! })
  expect(gap).toMatchObject({ ids: [], error: { code: 'CURSOR_EXPIRED' } })
  const { oldestCursor } = (gap.error as { details: { oldestCursor: string } }).details
  expect(await range(triggers, feed.id, { ...wanted, after: oldestCursor })).toEqual({
    ids: [4, 5],
    error: null,
  })
  await expect(range(triggers, feed.id, { until: cursors[2]! })).rejects.toMatchObject({
    code: 'CURSOR_EXPIRED',
  })
})

test('a cursor of another feed, or from behind the end, is refused', async () => {
  const { triggers, feed, cursors } = await filled(2)
  const other = await triggers.create(world.binding('onHook'), durable)
  await expect(range(triggers, other.id, { until: cursors[1]! })).rejects.toMatchObject({
    code: 'CURSOR_INVALID',
  })
  await expect(range(triggers, feed.id, { after: cursors[1]!, until: cursors[0]! })).rejects.toMatchObject({
    code: 'BAD_INPUT',
  })
})
