// Feeds from outside: a real hub, two people of one organization, deliveries by bare sockets.
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientOf, type HubClient } from '../harness/client.ts'
import { type Hub, startHub, waitFor } from '../harness/hub.ts'

let hub: Hub
let ada: HubClient
let bob: HubClient
let adaToken: string
let organization: string
beforeAll(async () => {
  hub = await startHub({ env: { JUNCTOR_SIGNUP: 'open' } })
  adaToken = await signUp('ada')
  const bobToken = await signUp('bob')
  organization = (await api('/organization/create', { name: 'Works', slug: 'works' }, adaToken)).body.id
  const invitation = { email: 'bob@example.com', role: 'member', organizationId: organization }
  const { id } = (await api('/organization/invite-member', invitation, adaToken)).body
  await api('/organization/accept-invitation', { invitationId: id }, bobToken)
  for (const token of [adaToken, bobToken])
    await api('/organization/set-active', { organizationId: organization }, token)
  ada = clientOf(hub.url, 'ada', { authorization: `Bearer ${adaToken}` })
  bob = clientOf(hub.url, 'bob', { authorization: `Bearer ${bobToken}` })
}, 60_000)
afterAll(() => hub[Symbol.asyncDispose]())

async function api(path: string, body: unknown, token?: string) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const answer = await fetch(`${hub.url}/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return { answer, body: (await answer.json()) as { id: string } }
}

async function signUp(name: string): Promise<string> {
  const person = { name, email: `${name}@example.com`, password: 'correct horse battery' }
  return (await api('/sign-up/email', person)).answer.headers.get('set-auth-token')!
}

interface MadeFeed {
  readonly createFeed: { readonly id: string; readonly webhookUrl: string; readonly status: string }
}
const create = (name: string, more = '') =>
  `mutation { createFeed(input: { field: "webhook_onRequest", arguments: { name: "${name}" } ${more} }) { id webhookUrl status } }`
const byId = (field: string) => `mutation ($id: ID!) { ${field}(id: $id) }`

async function subscribers(): Promise<number> {
  const metrics = await (await fetch(`${hub.url}/metrics`)).text()
  return Number(/^junctor_subscribers (\d+)/m.exec(metrics)?.[1])
}

/** What a subscription ended with, as text. */
function endOf(next: Promise<unknown>): Promise<string> {
  return next.then(
    event => `an event: ${JSON.stringify(event)}`,
    (error: unknown) => `${error} ${JSON.stringify(error)}`,
  )
}

/** POSTs by hand: `fetch` would not send such a Content-Type. Resolves with the status line. */
async function post(url: string, contentType: string | null, body: string): Promise<string> {
  const { pathname } = new URL(url)
  const socket = connect(hub.port, 'localhost')
  await once(socket, 'connect')
  const head = [
    `POST ${pathname} HTTP/1.1`,
    'Host: hub',
    'Connection: close',
    ...(contentType === null ? [] : [`Content-Type: ${contentType}`]),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  return (await text(socket)).split('\r\n')[0]!
}

test('a delivery is taken whatever its Content-Type says', async () => {
  const { createFeed: feed } = await ada.query<MadeFeed>(create('types'))
  const types = [
    'application/json',
    'json',
    'text',
    '',
    'application/json charset=utf-8',
    'application/json; charset',
    'text/plain;',
    '*/*',
    null,
  ]
  for (const [n, type] of types.entries())
    expect(await post(feed.webhookUrl, type, `{"n": ${n}}`), String(type)).toContain('202')
  const { feed: found } = await ada.query<{
    feed: { events: { nodes: { data: { body: unknown; headers: Record<string, string> } }[] } }
  }>('query ($id: ID!) { feed(id: $id) { events { nodes { data } } } }', { id: feed.id })
  const { nodes } = found.events
  expect(nodes.map(({ data }) => data.body)).toEqual(types.map((_, n) => ({ n })))
  expect(nodes.map(({ data }) => data.headers['content-type'] ?? null)).toEqual(types)
})

test('a range of a feed’s log is told again, also of one that is paused, and is then complete', async () => {
  const { createFeed: feed } = await ada.query<MadeFeed>(create('ranged'))
  for (const n of [1, 2, 3, 4]) await post(feed.webhookUrl, 'application/json', `{"n": ${n}}`)
  const { feed: found } = await ada.query<{
    feed: { events: { nodes: { cursor: string; data: { body: { n: number } } }[] } }
  }>('query ($id: ID!) { feed(id: $id) { events { nodes { cursor data } } } }', { id: feed.id })
  const [first, , third, fourth] = found.events.nodes.map(({ cursor }) => cursor)
  const read = async (who: HubClient, variables: { after?: string; until?: string }) => {
    const answer = await fetch(`${hub.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...who.headers },
      body: JSON.stringify({
        query:
          'subscription ($feed: ID!, $after: String, $until: String) { feedEvents(feed: $feed, after: $after, until: $until) { data } }',
        variables: { feed: feed.id, ...variables },
      }),
    })
    const text = await answer.text()
    const told = [...text.matchAll(/"n":(\d+)/g)].map(([, n]) => Number(n))
    return told.length > 0 ? told : text
  }
  {
    // Who reads the end of the log, where somebody waits for more who selects the same, does not wait as well.
    await using live = ada.subscribe('subscription ($feed: ID!) { feedEvents(feed: $feed) { data } }', {
      feed: feed.id,
    })
    const next = live.next()
    await waitFor(
      async () => (await subscribers()) === 1,
      () => 'nobody subscribed',
    )
    expect(await read(ada, { until: fourth! })).toEqual([1, 2, 3, 4])
    await post(feed.webhookUrl, 'application/json', '{"n": 5}')
    expect(await next).toMatchObject({ feedEvents: { data: { body: { n: 5 } } } })
  }
  await ada.query('mutation ($id: ID!) { pauseFeed(id: $id) { id } }', { id: feed.id })
  expect(await read(ada, { until: third! })).toEqual([1, 2, 3])
  expect(await read(bob, { after: first!, until: third! })).toEqual([2, 3])
  expect(await read(ada, { after: third!, until: third! })).toContain('event: complete')
  expect(await read(ada, { after: third!, until: first! })).toContain('BAD_INPUT')
  expect(await read(ada, { until: 'x' })).toContain('CURSOR_INVALID')
  const { feed: after } = await ada.query<{ feed: { status: string } }>(
    'query ($id: ID!) { feed(id: $id) { status } }',
    { id: feed.id },
  )
  expect(after.status).toBe('PAUSED')
})

test('a feed that is there is shared: changed and deleted only by whose it is', async () => {
  const { createFeed: made } = await ada.query<MadeFeed>(create('shared'))
  const { createFeed: shared } = await bob.query<MadeFeed>(create('shared'))
  expect(shared.id).toBe(made.id)
  const codes = []
  for (const document of [create('shared', 'intervalSeconds: 5'), create('shared', 'start: LAST')])
    codes.push((await bob.answer(document)).errors?.[0]?.extensions.code)
  codes.push((await bob.answer(byId('deleteFeed'), { id: made.id })).errors?.[0]?.extensions.code)
  await ada.query('mutation ($id: ID!) { pauseFeed(id: $id) { id } }', { id: made.id })
  codes.push((await bob.answer(create('shared'))).errors?.[0]?.extensions.code)
  expect(codes).toEqual(codes.map(() => 'FORBIDDEN'))
  expect(await post(made.webhookUrl, 'application/json', '{}')).toContain('503')
  expect((await ada.query<MadeFeed>(create('shared'))).createFeed.status).toBe('ACTIVE')
})

test('a feed that is deleted under its subscribers leaves none counted', async () => {
  const { createFeed: feed } = await ada.query<MadeFeed>(create('deleted'))
  await using events = ada.subscribe('subscription { webhook_onRequest(name: "deleted") { id } }')
  const ended = endOf(events.next())
  await waitFor(
    async () => (await subscribers()) === 1,
    () => 'nobody subscribed',
  )
  await ada.query(byId('deleteFeed'), { id: feed.id })
  expect(await ended).toContain('FEED_ENDED')
  expect(await subscribers()).toBe(0)
})

test('a revoked grant ends the stream that reads by it, though nothing happens in its feed', async () => {
  const { createConnection: made } = await ada.query<{ createConnection: { connection: { id: string } } }>(
    'mutation { createConnection(input: { connector: "sql", name: "shop", authentication: "sample" }) { connection { id } } }',
  )
  const { id } = made.connection
  const { grantConnection: grant } = await ada.query<{ grantConnection: { id: string } }>(
    'mutation ($id: ID!, $to: ID!) { grantConnection(id: $id, to: { kind: ORGANIZATION, id: $to }, role: USE) { id } }',
    { id, to: organization },
  )
  await using rows = bob.subscribe(
    'subscription ($id: ID!) { sql_onNewRow(table: "orders", connection: $id) { cursor } }',
    { id },
  )
  const ended = endOf(rows.next(60))
  await waitFor(
    async () => (await subscribers()) === 1,
    () => 'nobody subscribed',
  )
  await ada.query('mutation ($id: ID!) { revokeGrant(id: $id) }', { id: grant.id })
  expect(await ended).toContain('CONNECTION_NOT_FOUND')
  const { feeds } = await ada.query<{ feeds: { nodes: { field: string; subscribers: number }[] } }>(
    '{ feeds { nodes { field subscribers } } }',
  )
  expect(feeds.nodes.find(({ field }) => field === 'sql_onNewRow')?.subscribers).toBe(0)
}, 90_000)

test('a feed tells its last polls, and what CloudEvents calls its events', async () => {
  await ada.query(
    'mutation { createConnection(input: { connector: "sql", name: "polled", authentication: "sample" }) { connection { id } } }',
  )
  const { createFeed: made } = await ada.query<{ createFeed: { id: string } }>(
    'mutation { createFeed(input: { field: "sql_onNewRow", connection: "polled", arguments: { table: "customers" } }) { id } }',
  )
  const { feed } = await ada.query<{ feed: { polls: Record<string, unknown>[] } }>(
    'query ($id: ID!) { feed(id: $id) { source type polls { time outcome status events milliseconds } } }',
    { id: made.id },
  )
  expect(feed).toMatchObject({ source: `urn:uuid:${made.id}`, type: 'sql_onNewRow' })
  expect(feed.polls).toHaveLength(1)
  expect(feed.polls[0]).toMatchObject({ outcome: 'OK', events: 0 })
  expect(Number.isNaN(Date.parse(String(feed.polls[0]?.time)))).toBe(false)
  const metrics = await (await fetch(`${hub.url}/metrics`)).text()
  expect(metrics).toMatch(/^junctor_feed_dispatch_lag_seconds_count/m)
  expect(metrics).toMatch(/^junctor_feeds_due \d/m)
  expect(metrics).toMatch(/^junctor_feeds_oldest_due_seconds \d/m)
  expect(metrics).toMatch(/^junctor_feed_leases_reclaimed_total \d/m)
})
