// `where` belongs to the subscriber: those with other filters share the feed, and cursors go on as they did.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HubClient, signUp } from '../harness/client.ts'
import { type Hub, startHub, waitFor } from '../harness/hub.ts'

let hub: Hub
let ada: HubClient
beforeAll(async () => {
  hub = await startHub({})
  ada = await signUp(hub.url)
}, 60_000)
afterAll(() => hub[Symbol.asyncDispose]())

interface Told {
  readonly webhook_onRequest: { readonly cursor: string; readonly data: { readonly method: string } }
}

test('a filter passes events by, live and from the log, and shares the feed', async () => {
  const { createFeed } = await ada.query<{ createFeed: { webhookUrl: string } }>(
    'mutation { createFeed(input: { field: "webhook_onRequest", arguments: { name: "where" } }) { webhookUrl } }',
  )
  const document = `subscription ($after: String, $where: webhook_RequestWhere) {
    webhook_onRequest(name: "where", after: $after, where: $where) { cursor data { method } }
  }`
  const puts = { method: { in: ['PUT'] } }
  await using all = ada.subscribe<Told>(document)
  await using some = ada.subscribe<Told>(document, { where: puts })
  const [first, firstPut] = [all.next(), some.next()]
  const feeds = async () =>
    (await ada.query<{ feeds: { nodes: { subscribers: number }[] } }>('{ feeds { nodes { subscribers } } }'))
      .feeds.nodes
  await waitFor(
    async () => (await feeds())[0]?.subscribers === 2,
    () => 'They are not subscribed.',
  )
  expect(await feeds()).toHaveLength(1)
  for (const method of ['POST', 'PUT', 'POST', 'PUT'])
    expect((await fetch(createFeed.webhookUrl, { method, body: '{}' })).status).toBe(202)
  const event = (await first).webhook_onRequest
  expect(event.data.method).toBe('POST')
  expect((await all.next()).webhook_onRequest.data.method).toBe('PUT')
  expect((await firstPut).webhook_onRequest.data.method).toBe('PUT')
  const last = (await some.next()).webhook_onRequest
  expect(last.data.method).toBe('PUT')

  await using resumed = ada.subscribe<Told>(document, { where: puts, after: event.cursor })
  const cursors = [await resumed.next(), await resumed.next()].map(told => told.webhook_onRequest.cursor)
  expect(cursors[1]).toBe(last.cursor)
  await expect(
    ada.subscribe(document, { where: { or: Array.from({ length: 201 }, () => puts) } }).next(),
  ).rejects.toThrow('LIMIT_EXCEEDED')
})
