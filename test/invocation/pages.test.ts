// Next links followed until there are enough items: nothing skipped, nothing repeated, never to another host.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { shareCalls } from '../../src/invocation/index.ts'
import { definition, invocation, operation } from './definitions.ts'
import { failureOf, type OpenedInvoker, openInvoker } from './open-invoker.ts'
import { type Answer, json, startUpstream, type UpstreamServer } from './upstream-server.ts'

let upstream: UpstreamServer
let opened: OpenedInvoker
beforeAll(async () => {
  upstream = await startUpstream()
  opened = openInvoker({ allowPrivate: [upstream.origin] })
})
beforeEach(() => {
  upstream.seen.length = 0
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const total = 7

/** Pages of two items; `link` makes the next link from the number of the next page. */
const paged =
  (link: (page: number) => string): Answer =>
  (request, response) => {
    const page = Number(request.query.get('page') ?? 0)
    const value = [page * 2, page * 2 + 1].filter(item => item < total)
    const more = page * 2 + 2 < total
    json({ value, count: total, ...(more ? { '@odata.nextLink': link(page + 1) } : {}) })(request, response)
  }

const call = (limit: number) =>
  shareCalls(opened.invoker, opened.metrics).pages(
    invocation(definition(upstream.origin), operation({ nextLink: '@odata.nextlink' })),
    limit,
  )

test.each([
  [1, [0, 1], '/call?page=1'],
  [2, [0, 1], '/call?page=1'],
  [3, [0, 1, 2, 3], '/call?page=2'],
  [7, [0, 1, 2, 3, 4, 5, 6], null],
  [100, [0, 1, 2, 3, 4, 5, 6], null],
])('a limit of %d reads whole pages and keeps the link behind them', async (limit, items, next) => {
  upstream.answer = paged(page => `/call?page=${page}`)
  const { body } = await call(limit)
  expect(body).toEqual({ value: items, count: total, '@odata.nextLink': next })
})

test('a link to another host is refused', async () => {
  upstream.answer = paged(page => `http://127.0.0.2:1/call?page=${page}`)
  expect((await failureOf(call(5))).code).toBe('EGRESS_REFUSED')
})

test('a link that leads to its own page ends the reading', async () => {
  upstream.answer = json({ value: [1], nextLink: '/call', '@odata.nextLink': '/call' })
  const { body } = await call(50)
  expect(body).toMatchObject({ value: [1, 1] })
  expect(upstream.seen).toHaveLength(2)
})

test('links that lead round in a circle end the reading, each page read once', async () => {
  upstream.answer = (request, response) => {
    const page = Number(request.query.get('page') ?? 0)
    json({ value: [page], '@odata.nextLink': `/call?page=${(page % 3) + 1}` })(request, response)
  }
  const { body } = await call(50)
  expect(body).toMatchObject({ value: [0, 1, 2, 3] })
  expect(upstream.seen).toHaveLength(4)
})

test('an API that always names a next page is followed for 200 pages and no more', async () => {
  upstream.answer = (request, response) => {
    const page = Number(request.query.get('page') ?? 0)
    json({ value: [page], '@odata.nextLink': `/call?page=${page + 1}` })(request, response)
  }
  const { body } = await call(2 ** 31 - 1)
  expect(body).toMatchObject({ value: { length: 200 }, '@odata.nextLink': '/call?page=200' })
  expect(upstream.seen).toHaveLength(200)
})

test('a limit of nothing or less is the first page', async () => {
  upstream.answer = paged(page => `/call?page=${page}`)
  for (const limit of [0, -5]) expect((await call(limit)).body).toMatchObject({ value: [0, 1] })
  expect(upstream.seen).toHaveLength(2)
})

test('an error on the way is the error of the call, and it says nothing of the link', async () => {
  upstream.answer = paged(() => 'https://evil.example/call?token=CANARY')
  const error = await failureOf(call(5))
  expect(error).toMatchObject({ code: 'EGRESS_REFUSED', details: { connector: 'demo', operation: 'Call' } })
  expect(error.message).toContain(`leads away from ${upstream.origin}`)
  expect(error.message).not.toMatch(/CANARY|evil/)
})

test('an answer that is no page is returned as it is', async () => {
  upstream.answer = json({ one: [1], two: [2] })
  expect((await call(5)).body).toEqual({ one: [1], two: [2] })
})
