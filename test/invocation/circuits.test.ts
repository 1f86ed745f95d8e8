// Circuits: an origin that fails is left alone, tried once, and used again when it is back.
import { expect, test } from 'vitest'
import type { ConnectorDefinition } from '../../src/definition/index.ts'
import { definition, invocation, operation } from './definitions.ts'
import { failureOf, handClock, impatientClock, openInvoker } from './open-invoker.ts'
import { type Answer, json, startUpstream } from './upstream-server.ts'

const status =
  (code: number): Answer =>
  (_request, response) =>
    response.writeHead(code).end()

const opened = async () => {
  const stack = new AsyncDisposableStack()
  const upstream = stack.use(await startUpstream())
  const other = stack.use(await startUpstream())
  const clock = handClock()
  const { invoker, metrics } = stack.use(
    openInvoker({ allowPrivate: [upstream.origin, other.origin], clock, limits: { headersMs: 50 } }),
  )
  // A mutation, so that nothing is made again.
  const call = (
    origin = upstream.origin,
    about: Partial<ConnectorDefinition> = {},
    signal = new AbortController().signal,
  ) => invoker.call(invocation(definition(origin, about), operation({ method: 'POST' }), { signal }))
  const codes = async (count: number, make: () => Promise<unknown> = () => call()) => {
    const seen: string[] = []
    for (let made = 0; made < count; made++)
      seen.push(
        await make().then(
          () => 'OK',
          error => error.code,
        ),
      )
    return seen
  }
  const openings = async () => (await metrics.upstreamCircuitsOpened.get()).values
  return { upstream, other, clock, call, codes, openings, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const ten = (code: string) => Array<string>(10).fill(code)

test.each([
  ['503', status(503), 'UPSTREAM_ERROR'],
  ['a reset', (_request, response) => void response.destroy(), 'UPSTREAM_UNREACHABLE'],
] as [string, Answer, string][])(
  '%s ten times opens the circuit of the origin',
  async (_what, answer, code) => {
    await using world = await opened()
    world.upstream.answer = answer
    expect(await world.codes(10)).toEqual(ten(code))
    const refused = await failureOf(world.call())
    expect(refused).toMatchObject({
      code: 'CIRCUIT_OPEN',
      status: 503,
      message: `${world.upstream.origin} failed too many of the last calls and is left alone for a moment; try again in 10 seconds.`,
      details: { retryAfter: 10, connector: 'demo', operation: 'Call' },
    })
    expect(world.upstream.seen).toHaveLength(10)
    expect(await world.openings()).toEqual([{ labels: { connector: 'demo' }, value: 1 }])
  },
)

test('after ten seconds one call tries; its answer closes the circuit, its failure keeps it open', async () => {
  await using world = await opened()
  world.upstream.answer = status(502)
  await world.codes(10)
  world.clock.advance(9_999)
  expect(await world.codes(1)).toEqual(['CIRCUIT_OPEN'])
  world.clock.advance(1)
  // The others are refused while one tries.
  const together = await Promise.all([world.codes(1), world.codes(1), world.codes(1)])
  expect(together.flat().sort()).toEqual(['CIRCUIT_OPEN', 'CIRCUIT_OPEN', 'UPSTREAM_ERROR'])
  expect(world.upstream.seen).toHaveLength(11)
  expect(await world.codes(1)).toEqual(['CIRCUIT_OPEN'])
  world.clock.advance(10_000)
  world.upstream.answer = json({})
  expect(await world.codes(3)).toEqual(['OK', 'OK', 'OK'])
  // What failed before counts no more.
  world.upstream.answer = status(502)
  expect(await world.codes(9)).not.toContain('CIRCUIT_OPEN')
})

test('a caller who leaves while trying leaves it to the next one', async () => {
  await using world = await opened()
  world.upstream.answer = status(502)
  await world.codes(10)
  world.clock.advance(10_000)
  const leaving = new AbortController()
  world.upstream.answer = () => leaving.abort(new Error('the caller left'))
  await expect(world.call(world.upstream.origin, {}, leaving.signal)).rejects.toThrow('the caller left')
  world.upstream.answer = json({})
  expect(await world.codes(1)).toEqual(['OK'])
})

test('half of the calls must fail: an API that fails one in three is used on', async () => {
  await using world = await opened()
  let calls = 0
  world.upstream.answer = (request, response) =>
    (calls++ % 3 === 0 ? status(503) : json({}))(request, response)
  expect(await world.codes(60)).not.toContain('CIRCUIT_OPEN')
})

test.each([400, 401, 404, 429, 500])('%i is an answer and opens nothing', async code => {
  await using world = await opened()
  world.upstream.answer = status(code)
  expect(await world.codes(15)).not.toContain('CIRCUIT_OPEN')
})

test('failures of long ago tell nothing of now', async () => {
  await using world = await opened()
  world.upstream.answer = status(503)
  await world.codes(9)
  world.clock.advance(30_001)
  expect(await world.codes(9)).not.toContain('CIRCUIT_OPEN')
  expect(await world.codes(2)).toEqual(['UPSTREAM_ERROR', 'CIRCUIT_OPEN'])
})

test('another origin, and another connector at the same origin, go on', async () => {
  await using world = await opened()
  world.upstream.answer = status(503)
  await world.codes(10)
  expect(await world.codes(1)).toEqual(['CIRCUIT_OPEN'])
  expect(await world.codes(1, () => world.call(world.other.origin))).toEqual(['OK'])
  // A broken package must not close an API to the others.
  world.upstream.answer = json({})
  expect(await world.codes(1, () => world.call(world.upstream.origin, { name: 'neighbour' }))).toEqual(['OK'])
})

test('an origin that a redirect leads to has a circuit of its own', async () => {
  await using upstream = await startUpstream()
  await using other = await startUpstream()
  await using opened = openInvoker({
    allowPrivate: [upstream.origin, other.origin],
    clock: impatientClock(),
  })
  const get = (path: string) =>
    opened.invoker.call(invocation(definition(upstream.origin), operation({ path })))
  other.answer = status(503)
  upstream.answer = (request, response) =>
    request.path === '/moved'
      ? response.writeHead(307, { location: `${other.origin}/` }).end()
      : json({})(request, response)
  // Each is made three times.
  const codes = []
  for (let made = 0; made < 4; made++) codes.push((await failureOf(get('/moved'))).code)
  expect(codes).toEqual(['UPSTREAM_ERROR', 'UPSTREAM_ERROR', 'UPSTREAM_ERROR', 'CIRCUIT_OPEN'])
  expect(other.seen).toHaveLength(10)
  expect((await get('/here')).status).toBe(200)
})
