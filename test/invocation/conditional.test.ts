// Conditional calls: the ETag is sent, 304 is an answer then, and no answer otherwise.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { definition, invocation, operation } from './definitions.ts'
import { failureOf, type OpenedInvoker, openInvoker } from './open-invoker.ts'
import { startUpstream, type UpstreamServer } from './upstream-server.ts'

let upstream: UpstreamServer
let opened: OpenedInvoker
beforeAll(async () => {
  upstream = await startUpstream()
  opened = openInvoker({ allowPrivate: [upstream.origin] })
  upstream.answer = ({ headers }, answer) =>
    answer.writeHead(headers['if-none-match'] === '"v1"' ? 304 : 200, { etag: '"v1"' }).end()
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const calling = (rest: Parameters<typeof invocation>[2]) =>
  opened.invoker.call(invocation(definition(upstream.origin), operation(), rest))

test('an unchanged answer is 304 and empty', async () => {
  expect(await calling({ ifNoneMatch: '"v1"' })).toMatchObject({ status: 304, body: null })
  expect(await calling({ ifNoneMatch: 'W/"v0"' })).toMatchObject({ status: 200 })
  expect(upstream.last().headers['if-none-match']).toBe('W/"v0"')
})

test('it goes along to an address that the API named', async () => {
  expect(await calling({ url: '/elsewhere', ifNoneMatch: '"v1"' })).toMatchObject({ status: 304 })
})

test.each(['v1', '"a\r\nx-evil: 1"', `"${'a'.repeat(2000)}"`, '"a" "b"', ''])(
  'what is no entity tag is not sent: %j',
  async ifNoneMatch => {
    expect(await calling({ ifNoneMatch })).toMatchObject({ status: 200 })
    expect(upstream.last().headers).not.toHaveProperty('if-none-match')
  },
)

test('304 that nobody asked for is an error', async () => {
  upstream.answer = (_request, answer) => answer.writeHead(304).end()
  expect((await failureOf(calling({}))).details.http?.status).toBe(304)
})
