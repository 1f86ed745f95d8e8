// Rate limits: a burst goes out at once, more waits for its turn, too much is refused; for each connection and connector.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ConnectionId } from '../../src/connections/index.ts'
import { createCallRates } from '../../src/invocation/transport/call-rates.ts'
import { authentication, connection, definition, invocation, operation } from './definitions.ts'
import { failureOf, handClock, openInvoker } from './open-invoker.ts'
import { startUpstream } from './upstream-server.ts'

const opened = async (rates: { connection: number; connector: number }) => {
  const stack = new AsyncDisposableStack()
  const upstream = stack.use(await startUpstream())
  const clock = handClock()
  const { invoker, metrics } = stack.use(openInvoker({ allowPrivate: [upstream.origin], clock, rates }))
  const call = (id: string | null, connector = 'demo', signal = new AbortController().signal) =>
    invoker.call(
      invocation(definition(upstream.origin, { name: connector }), operation({ method: 'POST' }), {
        signal,
        connection:
          id === null ? null : { ...connection(authentication('NONE')), id: id as ConnectionId, connector },
      }),
    )
  const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make)
  /** Of turns in a limit, not of the deadlines of calls. */
  const waits = () => clock.waits.filter(ms => ms < 60_000)
  const counted = async () =>
    [...(await metrics.registry.metrics()).matchAll(/^junctor_upstream_rate_limited_total(.+)$/gm)].map(
      ([, line]) => line,
    )
  return { upstream, clock, call, times, waits, counted, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('a second’s calls of a connection go out at once, more wait for their turn', async () => {
  await using world = await opened({ connection: 5, connector: 0 })
  const calls = world.times(8, () => world.call('a'))
  await Promise.all(calls.slice(0, 5))
  expect(world.upstream.seen).toHaveLength(5)
  expect(world.waits()).toEqual([200, 400, 600])
  world.clock.advance(200)
  await calls[5]
  expect(world.upstream.seen).toHaveLength(6)
  world.clock.advance(400)
  await Promise.all(calls)
  expect(await world.counted()).toEqual(['{connector="demo",limit="connection",outcome="waited"} 3'])
  // Another connection is not held up by it.
  await world.call('b')
})

test('what would wait longer than five seconds is refused, and says when there is room', async () => {
  await using world = await opened({ connection: 1, connector: 0 })
  const calls = world.times(6, () => world.call('a'))
  await calls[0]
  const refused = await failureOf(world.call('a'))
  expect(refused).toMatchObject({
    code: 'RATE_LIMITED',
    message:
      'The connection is used for more calls than the hub makes with one (1 a second), and those that wait take 5 seconds already; try again in 6 seconds.',
    details: { retryAfter: 6, connector: 'demo', operation: 'Call' },
  })
  expect(await world.counted()).toContain('{connector="demo",limit="connection",outcome="refused"} 1')
  world.clock.advance(6_000)
  await Promise.all(calls)
  await world.call('a')
  expect(world.upstream.seen).toHaveLength(7)
})

test('a connector has a limit of its own, over all of its connections and without one', async () => {
  await using world = await opened({ connection: 100, connector: 2 })
  await Promise.all([world.call('a'), world.call('b')])
  const third = world.call(null)
  await world.call('a', 'other')
  expect(world.upstream.seen).toHaveLength(3)
  expect(await world.counted()).toEqual(['{connector="demo",limit="connector",outcome="waited"} 1'])
  world.clock.advance(500)
  await third
})

test('a caller who leaves while waiting gets the reason, and nothing is sent', async () => {
  await using world = await opened({ connection: 0, connector: 1 })
  const leaving = new AbortController()
  await world.call('a')
  const waiting = world.call('a', 'demo', leaving.signal)
  leaving.abort(new Error('the caller left'))
  await expect(waiting).rejects.toThrow('the caller left')
  expect(world.upstream.seen).toHaveLength(1)
})

test('without limits nobody waits', async () => {
  await using world = await opened({ connection: 0, connector: 0 })
  await Promise.all(world.times(200, () => world.call('a')))
  expect(world.waits()).toEqual([])
})

test('the law: in no stretch of time more than a burst and what the rate allows', async () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 100 })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20 }), gaps, async (rate, apart) => {
      const clock = handClock()
      const start = clock.now()
      const takeTurn = createCallRates({
        rates: { connection: rate, connector: 0 },
        clock,
        onLimited: () => {},
      })
      const turns: number[] = []
      for (const gap of apart) {
        clock.advance(gap)
        const before = clock.waits.length
        const turn = takeTurn({ connector: 'demo', connection: 'a' }, new AbortController().signal)
        // Whether there is a turn is told at once; only the turn itself is waited for.
        const waitMs = clock.waits[before]
        if (waitMs !== undefined) turns.push(clock.now() - start + waitMs)
        else if (await granted(turn)) turns.push(clock.now() - start)
      }
      // A millisecond of rounding at either end.
      for (const [index, from] of turns.entries())
        for (const [more, until] of turns.slice(index).entries())
          expect(more + 1).toBeLessThanOrEqual(rate + ((until - from + 2) * rate) / 1_000)
    }),
  )
})

test('a clock that is set back closes no limit for as long', async () => {
  const clock = handClock()
  const takeTurn = createCallRates({ rates: { connection: 0, connector: 1 }, clock, onLimited: () => {} })
  const take = () => takeTurn({ connector: 'demo', connection: null }, new AbortController().signal)
  await take()
  clock.advance(-3_600_000)
  clock.waits.length = 0
  const refused = await failureOf(take())
  expect(refused.details.retryAfter).toBeLessThanOrEqual(7)
})

/** False where the turn is refused. */
async function granted(turn: Promise<void>): Promise<boolean> {
  try {
    await turn
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'RATE_LIMITED' })
    return false
  }
}
