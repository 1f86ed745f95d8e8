// The receiver: what is answered, what is stored, and that a 2xx means stored.

import { desc } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import fc from 'fast-check'
import { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseJson, printJson } from '../../src/json.ts'
import { schema } from '../../src/store/index.ts'
import type { Triggers } from '../../src/triggers/index.ts'
import { eventOf, openDelivery } from '../../src/triggers/webhook/delivery.ts'
import { verifiers } from '../../src/triggers/webhook/verification/index.ts'
import { wire } from '../invocation/definitions.ts'
import { deliver, durable, openWorld, until, type World } from './hub.ts'

const { feedEvent } = schema

let world: World
let triggers: Triggers
beforeAll(async () => {
  world = await openWorld()
  triggers = world.engine()
})
afterAll(() => world[Symbol.asyncDispose]())

let count = 0
let requestUrl = ''
let bodyUrl = ''
beforeEach(async () => {
  count++
  const bound = { arguments: wire({ query: { n: count } }) }
  const asRequest = await triggers.create(world.binding('onRequest', bound), durable)
  requestUrl = (await triggers.webhookUrl(asRequest))!
  await triggers.create(world.binding('onHook', bound), durable)
  const hook = [...world.provider.hooks.values()].at(-1)!
  bodyUrl = (hook.body.notify as { url: string }).url
})

const raw = (url: string, body: string | Uint8Array, contentType?: string, method = 'POST') =>
  triggers.receive({
    token: url.split('/').at(-1)!,
    method,
    headers: contentType === undefined ? {} : { 'content-type': contentType },
    query: {},
    body: Buffer.from(body),
  })

const newest = async () => {
  const { feeds } = await triggers.list({ organizationId: 'org-1', first: 100 })
  const pages = await Promise.all(feeds.map(feed => triggers.events(feed.id, { first: 100 })))
  return pages
    .flatMap(page => page.events)
    .sort((a, b) => Number(a.time) - Number(b.time))
    .at(-1)!
}

test('an unknown token gets one constant answer, whatever is asked', async () => {
  const answers = await Promise.all(
    ['POST', 'GET', 'HEAD', 'PUT', 'DELETE'].flatMap(method =>
      ['x', '', 'a'.repeat(5000), `${requestUrl.split('/').at(-1)}x`].map(token =>
        triggers.receive({ token, method, headers: {}, query: {}, body: Buffer.from('{}') }),
      ),
    ),
  )
  expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
  expect(answers[0]!.status).toBe(404)
})

test('GET and HEAD tell that it can be reached; other methods are refused', async () => {
  expect((await raw(requestUrl, '', undefined, 'GET')).status).toBe(200)
  expect((await raw(requestUrl, '', undefined, 'HEAD')).status).toBe(200)
  expect(await raw(requestUrl, '', undefined, 'DELETE')).toMatchObject({
    status: 405,
    headers: { allow: 'GET, HEAD, POST, PUT' },
  })
  expect((await raw(requestUrl, '{}', 'application/json', 'PUT')).status).toBe(202)
})

test('too much, and too deep', async () => {
  const megabyte = 1024 * 1024
  expect((await raw(bodyUrl, 'x'.repeat(megabyte), 'text/plain')).status).toBe(202)
  expect((await raw(bodyUrl, 'x'.repeat(megabyte + 1), 'text/plain')).status).toBe(413)
  const nested = (depth: number) => `${'['.repeat(depth)}"[[[[{"${']'.repeat(depth)}`
  expect((await raw(bodyUrl, nested(64), 'application/json')).status).toBe(202)
  expect((await raw(bodyUrl, nested(65), 'application/json')).status).toBe(400)
  expect((await raw(bodyUrl, '{"a":'.repeat(200_000), 'application/json')).status).toBe(400)
})

describe('data', () => {
  test.each([
    ['{"id": 12345678901234567890}', 'application/json', { id: 12345678901234567890n }],
    ['[1, 2]', 'application/vnd.api+json; charset=utf-8', [1, 2]],
    ['{"a": 1}', undefined, { a: 1 }],
    ['{"__proto__": {"a": 1}}', 'application/json', parseJson('{"__proto__": {"a": 1}}')],
    ['a=1&b=2&a=%C3%A9', 'application/x-www-form-urlencoded', { a: ['1', 'é'], b: '2' }],
    ['plain ✓', 'text/plain', 'plain ✓'],
    ['{not json', 'application/json', '{not json'],
    ['<a/>', 'application/xml', '<a/>'],
    ['{"a": 1}', 'application/json charset=utf-8', { a: 1 }],
    ['{"a": 1}', 'json', { a: 1 }],
    ['{"a": 1}', '*/*', { a: 1 }],
    ['a', 'text', 'a'],
    ['null character \u0000', 'text/plain', 'null character \u0000'],
    ['', 'application/json', null],
  ])('%j as %s', async (body, contentType, expected) => {
    expect((await raw(bodyUrl, body, contentType)).status).toBe(202)
    expect((await newest()).data).toEqual(expected)
  })

  test.each([
    ['bytes that are no text', Buffer.from([0x1f, 0x8b, 0x08, 0xff]), 'application/json', 'application/json'],
    ['an image', Buffer.from([0x89, 0x50, 0x4e, 0x47]), 'image/png', 'image/png'],
    ['bytes of no type', Buffer.from([0xff]), undefined, 'application/octet-stream'],
    [
      'a multipart form',
      Buffer.from('--x\r\n'),
      'multipart/form-data; boundary=x',
      'multipart/form-data; boundary=x',
    ],
  ])('%s: kept as bytes', async (_, bytes, contentType, type) => {
    expect((await raw(bodyUrl, bytes, contentType)).status).toBe(202)
    expect((await newest()).data).toEqual({ '$content-type': type, $content: bytes.toString('base64') })
  })

  test('text in another charset, and one whose charset is not what it says', async () => {
    const latin = Buffer.from('caf\u00e9', 'latin1')
    expect((await raw(bodyUrl, latin, 'text/plain; charset=ISO-8859-1')).status).toBe(202)
    expect((await newest()).data).toBe('caf\u00e9')
    expect((await raw(bodyUrl, 'caf\u00e9', 'text/plain; charset="nobody-knows"')).status).toBe(202)
    expect((await newest()).data).toBe('caf\u00e9')
  })

  test('any JSON comes back exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async value => {
        expect((await raw(bodyUrl, JSON.stringify({ value }), 'application/json')).status).toBe(202)
        expect((await newest()).data).toEqual(parseJson(JSON.stringify({ value })))
      }),
      { numRuns: 15 },
    )
  })
})

describe('what came is kept, byte for byte', () => {
  const row = async () => {
    const [newest] = await world.store.db
      .select()
      .from(feedEvent)
      .orderBy(desc(feedEvent.receivedAt))
      .limit(1)
    return newest!
  }

  test.each([
    ['spaces and a repeated name', '{ "b" : 1.0,\n "a": 2, "b": 3e0 }\n'],
    ['integers as names, and long ones', '{"10":"\\u00e9","2":12345678901234567890}'],
    ['__proto__', '{"__proto__": {"a": 1}, "constructor": null}'],
    ['no object', ' "text" '],
    ['a record separator, escaped', '{"a": "\\u001e"}'],
  ])('JSON is the event’s data to the letter: %s', async (_, body) => {
    const value = parseJson(printJson(parseJson(body)))
    expect((await raw(bodyUrl, body, 'application/json')).status).toBe(202)
    expect(await row()).toMatchObject({ data: body, body: null, contentType: null })
    expect(printJson((await newest()).data)).toBe(printJson(value))
    expect((await raw(requestUrl, body, 'application/json')).status).toBe(202)
    const { data, body: beside } = await row()
    expect([data.endsWith(`,"body":${body}}`), beside]).toEqual([true, null])
    expect(printJson((await newest()).data)).toBe(
      printJson({ method: 'POST', headers: { 'content-type': 'application/json' }, query: {}, body: value }),
    )
  })

  test.each([
    ['a form', 'a=1&b=%C3%A9&a=2', 'application/x-www-form-urlencoded'],
    ['XML', '<a>\u00e9</a>', 'application/xml'],
    ['text in another charset', Buffer.from('caf\u00e9', 'latin1'), 'text/plain; charset=iso-8859-1'],
    ['what would be JSON but for a bare record separator', '{"a": "\u001e"}', 'application/json'],
    ['JSON behind a byte order mark', '\ufeff{"a": 1}', 'application/json'],
    [
      'JSON in another charset',
      Buffer.from('{"a": "\u00e9"}', 'utf16le'),
      'application/json; charset=utf-16le',
    ],
    ['a number that none can hold', '{"a": 1e400}', 'application/json'],
    ['no JSON', '{"a": ', 'application/json'],
    ['text of no type', 'a', undefined],
  ])('what data is made of is kept beside it: %s', async (_, body, contentType) => {
    for (const url of [bodyUrl, requestUrl]) {
      expect((await raw(url, body, contentType)).status).toBe(202)
      expect(await row()).toMatchObject({ body: Buffer.from(body), contentType: contentType ?? null })
    }
  })

  test('a number that none can hold is null to who reads it, as it would be printed', async () => {
    expect((await raw(bodyUrl, '{"a": 1e400, "b": 1}', 'application/json')).status).toBe(202)
    expect((await newest()).data).toEqual({ a: null, b: 1 })
  })

  test('a body that holds the secret that verifies it is not', () => {
    const verifier = verifiers['microsoft-graph']
    const body = Buffer.from('{"value": [{"clientState": "hush", "changeType": "created"}]}')
    const headers = { 'content-type': 'application/json' }
    const delivery = openDelivery({ token: '', method: 'POST', headers, query: {}, body })
    for (const delivers of ['body', 'request'] as const) {
      const event = eventOf(delivers, delivery, { headers: [], content: verifier.withoutSecret! })
      expect(event).toEqual({ data: event.data })
      expect(printJson(event.data)).toContain('created')
      expect(printJson(event.data)).not.toContain('hush')
    }
  })
})

test('the whole request, without what authenticates its sender', async () => {
  const answer = await triggers.receive({
    token: requestUrl.split('/').at(-1)!,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'test',
      'x-event': 'push',
      authorization: 'Bearer planted',
      cookie: 'planted',
      'proxy-authorization': 'planted',
      'proxy-connection': 'planted',
      'x-api-key': 'planted',
      'x-hub-signature-256': 'planted',
      'stripe-signature': 'planted',
      'x-gitlab-token': 'planted',
      'x-hook-secret': 'planted',
      'x-amz-security-token': 'planted',
      'x-goog-channel-token': 'planted',
    },
    query: { a: '1' },
    body: Buffer.from('{"b": 2}'),
  })
  expect(answer.status).toBe(202)
  expect((await newest()).data).toEqual({
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'test', 'x-event': 'push' },
    query: { a: '1' },
    body: { b: 2 },
  })
})

test.each(['webhook-id', 'x-github-delivery', 'x-gitlab-event-uuid', 'idempotency-key', 'ce-id'])(
  '%s makes a repeated delivery one event',
  async header => {
    const { feeds } = await triggers.list({ organizationId: 'org-1', first: 100 })
    const feed = feeds.findLast(each => each.operationId === 'onHook')!
    for (const id of ['1', '1', '2'])
      expect((await deliver(triggers, bodyUrl, {}, { [header]: id })).status).toBe(202)
    expect((await triggers.events(feed.id, { first: 10 })).events).toHaveLength(2)
    const row = await world.row(feed.id)
    expect(row.lastSequence).toBe(2)
  },
)

test('a CloudEvent in structured mode has its id in the body', async () => {
  const { feeds } = await triggers.list({ organizationId: 'org-1', first: 100 })
  const feed = feeds.findLast(each => each.operationId === 'onHook')!
  const type = 'application/cloudevents+json; charset=utf-8'
  for (const [id, source] of [
    ['1', 'a'],
    ['1', 'a'],
    ['1', 'b'],
    ['2', 'a'],
  ])
    expect((await raw(bodyUrl, JSON.stringify({ specversion: '1.0', id, source }), type)).status).toBe(202)
  expect((await triggers.events(feed.id, { first: 10 })).events).toHaveLength(3)
})

test('an id of CloudEvents is one for its source only', async () => {
  const { feeds } = await triggers.list({ organizationId: 'org-1', first: 100 })
  const feed = feeds.findLast(each => each.operationId === 'onHook')!
  for (const source of ['a', 'b', 'a'])
    await deliver(triggers, bodyUrl, {}, { 'ce-id': '1', 'ce-source': source })
  expect((await triggers.events(feed.id, { first: 10 })).events).toHaveLength(2)
})

test('a paused webhook refuses deliveries, so that their sender can keep them', async () => {
  const { feeds } = await triggers.list({ organizationId: 'org-1', first: 100 })
  const feed = feeds.findLast(each => each.operationId === 'onRequest')!
  await triggers.pause(feed.id)
  const refused = await deliver(triggers, requestUrl, {})
  expect(refused.status).toBe(503)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect((await triggers.events(feed.id, { first: 10 })).events).toEqual([])
  await triggers.resume(feed.id)
  expect((await deliver(triggers, requestUrl, {})).status).toBe(202)
  expect((await triggers.events(feed.id, { first: 10 })).events).toHaveLength(1)
})

test('no store, no 2xx: 503 and when to try again', async () => {
  const pool = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/nowhere' })
  const down = world.engine({ store: { db: drizzle(pool, { schema }) } })
  const answer = await deliver(down, bodyUrl, { id: 1 })
  expect(answer.status).toBe(503)
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  await down[Symbol.asyncDispose]()
  await pool.end()
})

test('a hundred deliveries at once: each is stored once, and counted without gaps', async () => {
  const { feeds } = await triggers.list({ organizationId: 'org-1', first: 100 })
  const feed = feeds.findLast(each => each.operationId === 'onHook')!
  const ids = Array.from({ length: 100 }, (_, n) => n)
  const answers = await Promise.all(
    ids.flatMap(id => [0, 1].map(() => deliver(triggers, bodyUrl, { id }, { 'webhook-id': `w${id}` }))),
  )
  expect(new Set(answers.map(answer => answer.status))).toEqual(new Set([202]))
  await until(async () => (await world.row(feed.id)).lastSequence === 100)
  const { events } = await triggers.events(feed.id, { first: 200 })
  expect(new Set(events.map(event => event.id)).size).toBe(100)
})
