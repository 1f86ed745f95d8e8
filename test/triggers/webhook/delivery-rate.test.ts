// How often a webhook is delivered to: a burst at once, more at the rate, and whoever comes too fast is told when.
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { createMetrics } from '../../../src/telemetry/index.ts'
import { createDeliveryRate } from '../../../src/triggers/webhook/delivery-rate.ts'
import { deliver, durable, openWorld, type World } from '../hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

async function limited(deliveriesPerSecond: number, deliveryBurst: number) {
  let now = Date.now()
  const metrics = createMetrics()
  const triggers = world.engine({
    clock: { ...systemClock, now: () => now },
    metrics,
    settings: { deliveriesPerSecond, deliveryBurst },
  })
  const feed = await triggers.create(world.binding('onRequest'), durable)
  const url = (await triggers.webhookUrl(feed))!
  let id = 0
  return {
    metrics,
    triggers,
    feed,
    url,
    later: (milliseconds: number) => {
      now += milliseconds
    },
    /** Statuses of so many deliveries, one after the other. */
    async post(count: number, to = url): Promise<number[]> {
      const statuses: number[] = []
      for (let n = 0; n < count; n++) statuses.push((await deliver(triggers, to, { id: ++id })).status)
      return statuses
    },
  }
}

test('a burst is taken, what is more is told when there is room, and nothing of it is stored', async () => {
  const { post, later, triggers, url, feed, metrics } = await limited(2, 3)
  expect(await post(4)).toEqual([202, 202, 202, 429])
  const refused = await deliver(triggers, url, { id: 'late' })
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
  later(500)
  expect(await post(2)).toEqual([202, 429])
  later(1_500)
  expect(await post(4)).toEqual([202, 202, 202, 429])
  expect((await world.row(feed.id)).lastSequence).toBe(7)
  expect(await metrics.registry.metrics()).toContain('junctor_webhooks_total{outcome="rate_limited"} 4')
})

test('a slow rate says for how long', async () => {
  const { post, triggers, url } = await limited(0.1, 1)
  await post(1)
  expect((await deliver(triggers, url, {})).headers['retry-after']).toBe('10')
})

test('one URL holds up no other, and one that is none is told no more and no less', async () => {
  const { post, triggers } = await limited(1, 2)
  const other = await triggers.create(world.binding('onHook'), durable)
  const hook = [...world.provider.hooks.values()][0]!.body.notify as { url: string }
  const nowhere = `${hook.url.slice(0, -1)}~`
  expect(await post(3)).toEqual([202, 202, 429])
  expect(await post(3, hook.url)).toEqual([202, 202, 429])
  expect(await post(3, nowhere)).toEqual([404, 404, 429])
  const asked = await Promise.all([hook.url, nowhere].map(url => deliver(triggers, url, {}, {}, 'GET')))
  expect(asked[0]).toEqual(asked[1])
  expect((await world.row(other.id)).lastSequence).toBe(2)
})

test('0 is no limit', async () => {
  const { post } = await limited(0, 0)
  expect(new Set(await post(50))).toEqual(new Set([202]))
})

test('in no stretch of time more come through than the burst and what the rate gives for it', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(
      gaps,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 30 }),
      (waits, rate, burst) => {
        let now = 1_000_000
        const waitOf = createDeliveryRate({
          clock: { now: () => now, after: () => () => {} },
          settings: { deliveriesPerSecond: rate, deliveryBurst: burst },
        })
        const taken = waits.flatMap(wait => {
          now += wait
          const told = waitOf('a')
          // Room comes when it was said to come.
          if (told > 0) expect(told).toBeLessThanOrEqual(Math.ceil(1 / rate))
          return told === 0 ? [now] : []
        })
        expect(taken.length).toBeGreaterThan(0)
        for (const [first, from] of taken.entries())
          for (let last = first; last < taken.length; last++)
            expect(last - first + 1).toBeLessThanOrEqual(
              burst + ((taken[last]! - from) * rate) / 1_000 + 0.02,
            )
      },
    ),
  )
})
