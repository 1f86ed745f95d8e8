// Identical safe calls of one GraphQL operation are made once; what differs in anything, authority above all, is not shared.
import { expect, test } from 'vitest'
import type { ConnectionId } from '../../src/connections/index.ts'
import { type Invocation, shareCalls } from '../../src/invocation/index.ts'
import type { Json } from '../../src/json.ts'
import {
  authentication,
  connection,
  definition,
  invocation,
  operation,
  parameter,
  wire,
} from './definitions.ts'
import { failureOf, openInvoker } from './open-invoker.ts'
import { json, startUpstream } from './upstream-server.ts'

const opened = async () => {
  const stack = new AsyncDisposableStack()
  const upstream = stack.use(await startUpstream())
  const { invoker, metrics } = stack.use(openInvoker({ allowPrivate: [upstream.origin] }))
  upstream.answer = (request, response) =>
    json({ key: request.headers['x-key'] ?? null, target: request.target })(request, response)
  const share = () => shareCalls(invoker, metrics)
  const shared = async () => (await metrics.upstreamSharedCalls.get()).values[0]?.value ?? 0
  return { upstream, share, shared, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const key = authentication('API_KEY', [{ in: 'header', name: 'X-Key', parameter: 'api_key' }])
const connected = (id: string, api_key: string) => connection(key, { api_key }, { id: id as ConnectionId })
const list = operation({ id: 'List', parameters: [parameter('query', 'q')] })
const asking = (q: Json): Partial<Invocation> => ({ arguments: wire({ query: { q } }) })

test('the same call at the same time and later in the operation', async () => {
  await using world = await opened()
  const calls = world.share()
  const about = definition(world.upstream.origin)
  const make = () => calls.call(invocation(about, list, asking('a')))
  const [one, other] = await Promise.all([make(), make()])
  expect(one.body).toEqual({ key: null, target: '/call?q=a' })
  expect([other, await make()]).toEqual([one, one])
  expect(world.upstream.seen).toHaveLength(1)
  expect(await world.shared()).toBe(2)
})

test('a failure is the failure of both', async () => {
  await using world = await opened()
  world.upstream.answer = json({}, 404)
  const calls = world.share()
  const make = () => failureOf(calls.call(invocation(definition(world.upstream.origin), list)))
  expect((await Promise.all([make(), make()])).map(({ code }) => code)).toEqual([
    'UPSTREAM_ERROR',
    'UPSTREAM_ERROR',
  ])
  expect(world.upstream.seen).toHaveLength(1)
})

test('each connection gets its own answer', async () => {
  await using world = await opened()
  const calls = world.share()
  const about = definition(world.upstream.origin)
  const answers = await Promise.all(
    [connected('a', 'key-a'), connected('b', 'key-b'), null].map(connection =>
      calls.call(invocation(about, list, { connection })),
    ),
  )
  expect(answers.map(({ body }) => body)).toEqual(
    ['key-a', 'key-b', null].map(key => ({ key, target: '/call' })),
  )
})

test('another operation of the same caller asks anew', async () => {
  await using world = await opened()
  const about = definition(world.upstream.origin)
  await world.share().call(invocation(about, list))
  await world.share().call(invocation(about, list))
  expect(world.upstream.seen).toHaveLength(2)
})

test('what differs is not shared: arguments, operation, connector, version', async () => {
  await using world = await opened()
  const calls = world.share()
  const about = definition(world.upstream.origin)
  for (const [definition, called, rest] of [
    [about, list, asking('1')],
    [about, list, asking(1)],
    [about, list, asking(null)],
    [about, list, {}],
    [about, { ...list, id: 'Other' }, {}],
    [{ ...about, name: 'other' }, list, {}],
    [{ ...about, hash: 'newer' }, list, {}],
  ] as const)
    await calls.call(invocation(definition, called, rest))
  expect(world.upstream.seen).toHaveLength(7)
})

test('a mutation is made as often as it is asked for, and so is a link', async () => {
  await using world = await opened()
  const calls = world.share()
  const about = definition(world.upstream.origin)
  for (let made = 0; made < 2; made++) {
    await calls.call(invocation(about, operation({ method: 'POST' })))
    await calls.call(invocation(about, list, { url: '/next' }))
  }
  expect(world.upstream.seen.map(({ method, target }) => `${method} ${target}`)).toEqual([
    'POST /call',
    'GET /next',
    'POST /call',
    'GET /next',
  ])
})

test('pages are shared with whoever asks for as many, page by page as ever', async () => {
  await using world = await opened()
  world.upstream.answer = (request, response) => {
    const page = Number(request.query.get('page') ?? 0)
    json({ value: [page], nextLink: page < 3 ? `/call?page=${page + 1}` : '' })(request, response)
  }
  const calls = world.share()
  const paged = () => invocation(definition(world.upstream.origin), operation({ nextLink: 'nextLink' }))
  const [one, other, all, single] = await Promise.all([
    calls.pages(paged(), 2),
    calls.pages(paged(), 2),
    calls.pages(paged(), 9),
    calls.call(paged()),
  ])
  expect([one.body, other.body, all.body, single.body]).toMatchObject([
    { value: [0, 1] },
    { value: [0, 1] },
    { value: [0, 1, 2, 3] },
    { value: [0] },
  ])
  expect(world.upstream.seen).toHaveLength(2 + 4 + 1)
})
