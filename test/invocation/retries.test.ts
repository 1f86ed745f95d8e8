// Retries: what is made again, after how long, and what never is.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JunctorError } from '../../src/errors.ts'
import type { Invocation, Limits } from '../../src/invocation/index.ts'
import { backoff } from '../../src/invocation/transport/backoff.ts'
import { definition, invocation, operation, parameter, policy, wire } from './definitions.ts'
import { failureOf, impatientClock, openInvoker } from './open-invoker.ts'
import { type Answer, json, startUpstream } from './upstream-server.ts'

const counted = async (
  answer: Answer,
  called = operation(),
  rest: Partial<Invocation> = {},
  limits: Partial<Limits> = {},
) => {
  await using upstream = await startUpstream()
  const clock = impatientClock()
  await using opened = openInvoker({ allowPrivate: [upstream.origin], clock, limits, random: () => 0 })
  upstream.answer = answer
  const outcome = await opened.invoker.call(invocation(definition(upstream.origin), called, rest)).then(
    ({ status }) => status,
    (error: JunctorError) => error.code,
  )
  const metrics = await opened.metrics.registry.metrics()
  const retries = Object.fromEntries(
    [...metrics.matchAll(/^junctor_upstream_retries_total\{connector="demo",reason="(\w+)"\} (\d+)$/gm)].map(
      ([, reason, count]) => [reason, Number(count)],
    ),
  )
  const keys = upstream.seen.map(({ headers }) => headers['idempotency-key'])
  return { outcome, calls: upstream.seen.length, waits: clock.waits, retries, keys }
}
const status =
  (code: number, headers = {}): Answer =>
  (_request, response) =>
    response.writeHead(code, headers).end()
const reset: Answer = (_request, response) => response.destroy()
const first = (answer: Answer): Answer => {
  let calls = 0
  return (request, response) => (calls++ === 0 ? answer : json({}))(request, response)
}
const unsafe = ['POST', 'PUT', 'PATCH', 'DELETE'] as const

test.each([502, 503, 504])('%i of a safe call is tried twice more', async code => {
  expect(await counted(status(code))).toMatchObject({
    outcome: 'UPSTREAM_ERROR',
    calls: 3,
    waits: [125, 500],
    retries: { busy: 2 },
  })
})

test('a reset of a safe call is tried again, and success ends it', async () => {
  expect(await counted(reset)).toMatchObject({ outcome: 'UPSTREAM_UNREACHABLE', calls: 3 })
  expect(await counted(first(reset))).toMatchObject({ outcome: 200, calls: 2, retries: { broken: 1 } })
})

test.each([status(503), status(503, { 'retry-after': '1' }), status(429), reset])(
  'an unsafe call is made once, whatever happens',
  async answer => {
    for (const method of unsafe)
      expect(await counted(answer, operation({ method }))).toMatchObject({ calls: 1, waits: [] })
    expect(await counted(answer, operation(), { url: '/x', method: 'DELETE' })).toMatchObject({ calls: 1 })
  },
)

test('a GET that a policy makes a DELETE of is made once', async () => {
  await using upstream = await startUpstream()
  await using opened = openInvoker({ allowPrivate: [upstream.origin], clock: impatientClock() })
  upstream.answer = status(503)
  const route = policy('routerequesttoendpoint', { newPath: '/x', httpMethod: 'DELETE' })
  await failureOf(
    opened.invoker.call(invocation(definition(upstream.origin, { policies: [route] }), operation())),
  )
  expect(upstream.seen.map(({ method }) => method)).toEqual(['DELETE'])
})

test('a POST that is marked safe is tried again', async () => {
  expect(await counted(status(503), operation({ method: 'POST', safe: true }))).toMatchObject({ calls: 3 })
})

test('a call that took too long is not made again', async () => {
  expect(await counted(() => {}, operation(), {}, { headersMs: 50 })).toMatchObject({
    outcome: 'UPSTREAM_TIMEOUT',
    calls: 1,
    waits: [],
  })
})

test.each([400, 401, 404, 429, 500, 501])('%i is not tried again', async code => {
  expect(await counted(status(code))).toMatchObject({ calls: 1 })
})

test('a short Retry-After is waited for, a long one is reported', async () => {
  expect(await counted(status(503, { 'retry-after': '3' }))).toMatchObject({
    calls: 3,
    waits: [3_125, 3_500],
  })
  for (const code of [429, 503])
    expect(await counted(status(code, { 'retry-after': '6' }))).toMatchObject({
      outcome: 'UPSTREAM_ERROR',
      calls: 1,
      waits: [],
    })
})

test('429 with Retry-After is waited for by every call, since the API has done nothing yet', async () => {
  for (const method of ['GET', ...unsafe] as const) {
    const throttled = first(status(429, { 'retry-after': '2' }))
    expect(await counted(throttled, operation({ method }))).toMatchObject({
      outcome: 200,
      calls: 2,
      waits: [2_125],
      retries: { throttled: 1 },
    })
  }
})

test('a mutation that was throttled is not made a third time when the second one fails', async () => {
  let calls = 0
  const answer: Answer = (request, response) =>
    (calls++ === 0 ? status(429, { 'retry-after': '1' }) : status(503))(request, response)
  expect(await counted(answer, operation({ method: 'POST' }))).toMatchObject({
    outcome: 'UPSTREAM_ERROR',
    calls: 2,
  })
})

test('the law of the backoff', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  const seconds = fc.integer({ min: 0, max: 1_000_000 })
  const retries = fc.integer({ min: 0, max: 50 })
  fc.assert(
    fc.property(retries, seconds, random, (retry, asked, lot) => {
      const waitMs = backoff(retry, asked, lot)
      // Whoever asks for more than anybody waits is told so; whoever asks for less is never hurried.
      if (asked > 5) return waitMs === null
      const whole = Math.min(5_000, 250 * 4 ** retry)
      const least = Math.min(5_000, asked * 1_000 + Math.floor(whole / 2))
      const most = Math.min(5_000, asked * 1_000 + whole)
      return waitMs !== null && waitMs >= least && waitMs <= most
    }),
  )
  fc.assert(
    fc.property(fc.nat(1), fc.nat(5), random, random, (retry, asked, one, other) => {
      const [early = 0, late = 1] = [one, other].sort((a, b) => a - b)
      const at = (times: number, lot: number) => backoff(times, asked, lot) ?? Number.NaN
      // Later for a higher lot, and later with each retry whatever the lots, up to the bound.
      return at(retry, early) <= at(retry, late) && at(retry, late) <= at(retry + 1, early)
    }),
  )
})

test('callers that failed together do not come back together', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 124 }), { minLength: 2 }), lots => {
      const waits = lots.map(lot => backoff(0, 0, lot / 125))
      return new Set(waits).size === lots.length
    }),
  )
})

const keyed = (name: string, rest = {}) =>
  operation({ method: 'POST', parameters: [parameter('header', name, rest)] })

test.each(['Idempotency-Key', 'idempotency-key', 'IDEMPOTENCY-KEY'])(
  '%s that the caller leaves out: one value for each call, and the same one on its retries',
  async name => {
    const failed = await counted(status(503), keyed(name))
    expect(failed).toMatchObject({ calls: 3, retries: { busy: 2 } })
    expect(new Set(failed.keys).size).toBe(1)
    expect(failed.keys[0]).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    const broken = await counted(first(reset), keyed(name), {
      arguments: wire({ header: { [name]: null } }),
    })
    expect(broken).toMatchObject({ outcome: 200, calls: 2 })
    expect(new Set([...failed.keys, ...broken.keys]).size).toBe(2)
  },
)

test('a key of the caller’s is sent as it is, and its call is tried again', async () => {
  const header = { 'Idempotency-Key': 'mine' }
  expect(await counted(status(503), keyed('Idempotency-Key'), { arguments: wire({ header }) })).toMatchObject(
    {
      calls: 3,
      keys: ['mine', 'mine', 'mine'],
    },
  )
})

test('a default would make all calls the same call, so each has a value of its own', async () => {
  const sample = keyed('Idempotency-Key', { required: true, schema: { type: 'string', default: 'sample' } })
  const { keys } = await counted(json({}), sample)
  expect(keys[0]).not.toBe('sample')
})

test('no key where the API declares none, and none of the hub’s where the package sets it', async () => {
  expect((await counted(status(503), operation({ method: 'POST' }))).keys).toEqual([undefined])
  expect((await counted(status(503), keyed('Idempotency-Key', { constant: 'fixed' }))).keys).toEqual([
    'fixed',
  ])
})

test('the call that a policy makes on the way has no key, and is not tried again for it', async () => {
  await using upstream = await startUpstream()
  await using opened = openInvoker({ allowPrivate: [upstream.origin], clock: impatientClock() })
  upstream.answer = (request, response) =>
    (request.path === '/token' ? json({ value: 'x' }) : json({}))(request, response)
  const before = policy('setvaluefromurl', {
    parameterTemplate: '@headers("X-Token")',
    parameterValueUrl: '/token',
    httpMethod: 'POST',
    parameterValuePathTemplate: '@body().value',
  })
  const call = () =>
    opened.invoker.call(
      invocation(definition(upstream.origin, { policies: [before] }), keyed('Idempotency-Key')),
    )
  await call()
  expect(upstream.seen.map(({ path, headers }) => [path, 'idempotency-key' in headers])).toEqual([
    ['/token', false],
    ['/call', true],
  ])
  upstream.seen.length = 0
  upstream.answer = status(503)
  await failureOf(call())
  expect(upstream.seen.map(({ path }) => path)).toEqual(['/token'])
})
