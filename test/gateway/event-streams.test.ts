// GraphQL over server-sent events, from outside: graphql-sse's own client, and the bytes where it hides them.
import { createClient } from 'graphql-sse'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HubClient, signUp } from '../harness/client.ts'
import { type Hub, startHub, waitFor } from '../harness/hub.ts'

let hub: Hub
let ada: HubClient
let webhookUrl: string
beforeAll(async () => {
  hub = await startHub({})
  ada = await signUp(hub.url)
  const { createFeed } = await ada.query<{ createFeed: { webhookUrl: string } }>(
    'mutation { createFeed(input: { field: "webhook_onRequest", arguments: { name: "sse" } }) { webhookUrl } }',
  )
  webhookUrl = createFeed.webhookUrl
}, 60_000)
afterAll(() => hub[Symbol.asyncDispose]())

type Headers = Readonly<Record<string, string>>

interface Told {
  readonly webhook_onRequest: {
    readonly cursor: string
    readonly data: { readonly body: { readonly n: number } }
  }
}

const watch =
  'subscription ($after: String) { webhook_onRequest(name: "sse", after: $after) { cursor data { body } } }'
let delivered = 0

async function deliver(): Promise<number> {
  const n = ++delivered
  const response = await fetch(webhookUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ n }),
  })
  expect(response.status).toBe(202)
  return n
}

const subscribers = (count: number) =>
  waitFor(
    async () =>
      (await (await fetch(`${hub.url}/metrics`)).text()).includes(`\njunctor_subscribers ${count}\n`),
    () => `There are not ${count} subscribers.`,
  )

const client = (headers: Headers, path = '/graphql/stream') =>
  createClient({ url: `${hub.url}${path}`, headers: { ...headers }, retryAttempts: 0 })

/** The raw stream: what a browser's EventSource would read. */
async function raw(headers: Headers, body: object = { query: watch }, path = '/graphql') {
  const left = new AbortController()
  const response = await fetch(`${hub.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify(body),
    signal: left.signal,
  })
  let text = ''
  const ended = (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk
  })().catch(() => undefined)
  return {
    response,
    ended,
    text: () => text,
    says: (what: string, seconds = 20) =>
      waitFor(
        async () => text.includes(what),
        () => `The stream does not say ${what}: ${text}`,
        seconds,
      ),
    leave: () => left.abort(),
  }
}

test('graphql-sse’s client subscribes, queries and sees errors', async () => {
  const events = client(ada.headers).iterate<Told>({ query: watch })
  const first = events.next()
  await subscribers(1)
  const n = await deliver()
  expect((await first).value).toMatchObject({ data: { webhook_onRequest: { data: { body: { n } } } } })
  await events.return?.()
  await subscribers(0)

  const query = client(ada.headers, '/graphql').iterate({ query: '{ viewer { email } }' })
  expect((await query.next()).value).toEqual({ data: { viewer: { email: 'ada@example.com' } } })
  expect((await query.next()).done).toBe(true)

  const wrong = client(ada.headers).iterate({ query: 'subscription { nothing }' })
  expect((await wrong.next()).value).toMatchObject({
    errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
  })
  const nobody = client({}).iterate({ query: watch })
  expect((await nobody.next()).value).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
})

test('one connector’s subgraph streams as well', async () => {
  const events = client(ada.headers, '/graphql/webhook').iterate<Told>({ query: watch })
  const first = events.next()
  await subscribers(1)
  const n = await deliver()
  expect((await first).value).toMatchObject({ data: { webhook_onRequest: { data: { body: { n } } } } })
  await events.return?.()
  await subscribers(0)
})

test('each event has its cursor as id, and Last-Event-ID goes on behind it', async () => {
  const before = await raw(ada.headers)
  expect(before.response.headers.get('content-type')).toContain('text/event-stream')
  await subscribers(1)
  const first = await deliver()
  await before.says(`"n":${first}}`)
  before.leave()
  await subscribers(0)
  const id = /^id: (\S+)$/m.exec(before.text())?.[1] ?? ''
  expect(before.text()).toContain(`"cursor":"${id}"`)

  const missed = await deliver()
  const after = await raw({ ...ada.headers, 'last-event-id': id })
  await after.says(`"n":${missed}}`)
  const next = await deliver()
  await after.says(`"n":${next}}`)
  expect(after.text().match(/^id: /gm)).toHaveLength(2)
  expect(after.text()).not.toContain(`"n":${first}}`)
  after.leave()
  await subscribers(0)
})

test('a page of another origin cannot open one, and GET runs no mutation', async () => {
  const get = (query: string, headers: Headers) =>
    fetch(`${hub.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream', ...ada.headers, ...headers },
    })
  expect((await get('{ viewer { email } }', {})).status).toBe(400)
  expect((await get('{ viewer { email } }', { 'sec-fetch-site': 'cross-site' })).status).toBe(400)
  const own = await get('{ viewer { email } }', { 'sec-fetch-site': 'same-origin' })
  expect(await own.text()).toContain('event: next\ndata: {"data":{"viewer":{"email":"ada@example.com"}}}')
  const mutation = await get('mutation { deleteFeed(id: "x") }', { 'apollo-require-preflight': '1' })
  expect(await mutation.text()).toContain('BAD_INPUT')
  const form = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'text/plain', ...ada.headers },
    body: JSON.stringify({ query: watch }),
  })
  expect(form.status).toBe(400)
})

test('a stream ends with its session', async () => {
  const signedIn = await fetch(`${hub.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ada.email, password: 'correct horse battery' }),
  })
  const session = { authorization: `Bearer ${signedIn.headers.get('set-auth-token')}` }
  const stream = await raw(session)
  await subscribers(1)
  const out = await fetch(`${hub.url}/api/auth/sign-out`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...session },
    body: '{}',
  })
  expect(out.ok).toBe(true)
  await stream.ended
  expect(stream.text()).toContain('UNAUTHENTICATED')
  expect(stream.text()).toMatch(/event: complete\ndata:\n\n$/)
  await subscribers(0)
})

test('streams end at once when the hub goes away, without `complete`, so that clients reconnect', async () => {
  await using other = await startHub({})
  const client = await signUp(other.url)
  const response = await fetch(`${other.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...client.headers },
    body: JSON.stringify({ query: watch }),
  })
  expect(response.status).toBe(200)
  const [text, code] = await Promise.all([response.text(), other.stop('SIGTERM')])
  expect(code).toBe(0)
  expect(text).not.toContain('complete')
})
