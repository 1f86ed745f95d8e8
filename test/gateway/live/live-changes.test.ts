// Replacing and removing a connector while the hub serves: only that connector changes, and what is under way ends
// as it began.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HubClient, signUp } from '../../harness/client.ts'
import { type Hub, startHub, waitFor } from '../../harness/hub.ts'
import { apiDocument, startUpstream, type Upstream } from './upstream.ts'

let upstream: Upstream
let hub: Hub
let ada: HubClient
beforeAll(async () => {
  upstream = await startUpstream()
  hub = await startHub({ env: upstream.env })
  ada = await signUp(hub.url)
}, 60_000)
afterAll(async () => {
  await hub[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const put = (name: string, document: string) =>
  ada.query(
    'mutation ($name: String!, $document: String!) { importConnector(input: { name: $name, document: $document, replace: true }) { connector { status } } }',
    { name, document },
  )

test('a call in flight finishes on the version it began with; the new one serves at once', async () => {
  await put('changing', apiDocument('old'))
  expect(await ada.query('{ changing_getNow { old } }')).toEqual({ changing_getNow: { old: 'old' } })

  const slow = ada.query<{ changing_getSlow: { old: string } }>('{ changing_getSlow { path old } }')
  await waitFor(
    async () => upstream.held.length === 1,
    () => 'The slow call did not arrive.',
  )
  await put('changing', apiDocument('new'))
  expect(await ada.query('{ changing_getNow { new } }')).toEqual({ changing_getNow: { new: 'new' } })
  const stale = await ada.answer('{ changing_getNow { old } }')
  expect(stale.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')

  upstream.held
    .pop()
    ?.writeHead(200, { 'content-type': 'application/json' })
    .end('{"path":"/slow","old":"kept"}')
  expect(await slow).toEqual({ changing_getSlow: { path: '/slow', old: 'kept' } })
})

test('a call in flight finishes though its connector is removed', async () => {
  await put('leaving', apiDocument('old'))
  const slow = ada.query('{ leaving_getSlow { old } }')
  await waitFor(
    async () => upstream.held.length === 1,
    () => 'The slow call did not arrive.',
  )
  await ada.query('mutation { removeConnector(name: "leaving") }')
  const gone = await ada.answer('{ leaving_getNow { old } }')
  expect(gone.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
  upstream.held.pop()?.writeHead(200, { 'content-type': 'application/json' }).end('{"old":"kept"}')
  expect(await slow).toEqual({ leaving_getSlow: { old: 'kept' } })
})

test('subscriptions of another connector, and of a feed that is the same in the new version, stay open', async () => {
  await put('polled', apiDocument('old'))
  const { createFeed } = await ada.query<{ createFeed: { webhookUrl: string } }>(
    'mutation { createFeed(input: { field: "webhook_onRequest", arguments: { name: "other" } }) { webhookUrl } }',
  )
  await using others = ada.subscribe<{ webhook_onRequest: { data: { body: { n: number } } } }>(
    'subscription { webhook_onRequest(name: "other") { data { body } } }',
  )
  await using own = ada.subscribe<{ polled_onItem: { data: { id: number } } }>(
    'subscription { polled_onItem { data { id } } }',
  )
  const arriving = { other: others.next(), own: own.next() }
  await waitFor(
    async () =>
      (
        await ada.query<{ feeds: { nodes: { subscribers: number; status: string }[] } }>(
          '{ feeds { nodes { subscribers status } } }',
        )
      ).feeds.nodes.filter(feed => feed.subscribers === 1 && feed.status === 'ACTIVE').length === 2,
    () => 'The subscriptions are not there.',
  )
  const tell = async (n: number): Promise<void> => {
    upstream.items.push(n)
    const sent = await fetch(createFeed.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ n }),
    })
    expect(sent.ok).toBe(true)
  }
  await tell(1)
  expect((await arriving.other).webhook_onRequest.data.body.n).toBe(1)
  expect((await arriving.own).polled_onItem.data.id).toBe(1)

  const replacing = put('polled', apiDocument('new'))
  await tell(2)
  expect((await others.next()).webhook_onRequest.data.body.n).toBe(2)
  expect((await own.next()).polled_onItem.data.id).toBe(2)
  await replacing
  expect(await ada.query('{ polled_getNow { new } }')).toEqual({ polled_getNow: { new: 'new' } })

  await tell(3)
  expect((await others.next()).webhook_onRequest.data.body.n).toBe(3)
  expect((await own.next()).polled_onItem.data.id).toBe(3)
})

test('importing fails no request of others, before, during or after', async () => {
  await put('steady', apiDocument('old'))
  let stop = false
  let answered = 0
  const work = Array.from({ length: 4 }, async () => {
    while (!stop) {
      expect(await ada.query('{ steady_getNow { old } viewer { email } }')).toMatchObject({
        steady_getNow: { old: 'old' },
      })
      answered++
    }
  })
  const before = answered
  for (const member of ['a', 'b', 'c', 'd']) {
    await put('busy', apiDocument(member))
    // The answer may lack the member; what matters is that the field is there at once.
    expect(await ada.query(`{ busy_getNow { path ${member} } }`)).toMatchObject({
      busy_getNow: { path: '/now' },
    })
  }
  stop = true
  await Promise.all(work)
  expect(answered).toBeGreaterThan(before)
})

test('a caller that goes away takes its call along, and is no failure of the hub', async () => {
  await put('left', apiDocument('old'))
  const leave = new AbortController()
  const gone = fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...ada.headers },
    body: JSON.stringify({ query: '{ left_getSlow { old } }' }),
    signal: leave.signal,
  })
  await waitFor(
    async () => upstream.held.length === 1,
    () => 'The slow call did not arrive.',
  )
  leave.abort()
  await expect(gone).rejects.toThrow()
  await waitFor(
    async () => upstream.held[0]?.destroyed ?? false,
    () => 'The call goes on.',
  )
  expect(await ada.query('{ left_getNow { old } }')).toEqual({ left_getNow: { old: 'old' } })
  expect(hub.output()).not.toContain('failed unexpectedly')
})
