// Webhooks that hooks register, in a real hub and at a real provider: a package whose script makes the addresses itself.
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type HubClient, signUp } from '../../harness/client.ts'
import { type Hub, startHub, waitFor } from '../../harness/hub.ts'
import { type OtlpReceiver, startOtlpReceiver } from '../../harness/otlp-receiver.ts'
import { json, startUpstream, type UpstreamServer } from '../../invocation/upstream-server.ts'

let provider: UpstreamServer
let collector: OtlpReceiver
let hub: Hub
let ada: HubClient
beforeAll(async () => {
  provider = await startUpstream()
  collector = await startOtlpReceiver()
  hub = await startHub({
    env: {
      JUNCTOR_CONNECTORS: join(import.meta.dirname, '../../hosting/fixtures/ledger'),
      JUNCTOR_ORIGINS: `https://ledger.example.com=${provider.origin}`,
      JUNCTOR_LOG: 'trace',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    },
  })
  ada = await signUp(hub.url)
  await ada.query(
    'mutation { createConnection(input: { connector: "ledger", name: "mine", parameters: { api_key: "k" } }) { connection { id } } }',
  )
}, 60_000)
beforeEach(() => {
  provider.seen.length = 0
  provider.answer = (request, response) => response.writeHead(201, { location: `${request.path}/7` }).end()
})
afterAll(async () => {
  await hub[Symbol.asyncDispose]()
  await collector[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})

interface Registered {
  readonly url: string
  readonly account?: string
}

/** What the provider was told by its only registration. */
async function registered(path: string): Promise<Registered> {
  const found = () => provider.seen.filter(request => request.method === 'POST' && request.path === path)
  await waitFor(
    async () => found().length > 0,
    () => `nothing is registered\n${hub.output()}`,
  )
  expect(found()).toHaveLength(1)
  const { url, ...rest } = JSON.parse(String(found()[0]?.body)) as Registered
  return { ...rest, url: url.replace('http://localhost', 'http://127.0.0.1') }
}

async function deliver(url: string, body: unknown, id?: string): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'application/json', ...(id ? { 'webhook-id': id } : {}) }
  const response = await fetch(url.replace('127.0.0.1', 'localhost'), {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  return { status: response.status, text: await response.text() }
}

const tokenOf = (url: string): string => /\/webhooks\/([\w-]+)/.exec(url)?.[1] ?? 'no token'

describe('a trigger', () => {
  test('whose script rewrites notifications gives what it made of them', async () => {
    await using payments = ada.subscribe<{ ledger_onPayment: { data: unknown } }>(
      'subscription { ledger_onPayment(input: { account: "a" }) { id data { amount } } }',
    )
    const first = payments.next()
    const { url, account } = await registered('/v1/hooks')
    expect(account).toBe('a')
    expect(new URL(url).pathname).toMatch(/^\/webhooks\/[\w-]{43}\/notified$/)
    const to = new URL(url).searchParams.get('to') ?? ''
    expect(url.startsWith(to.replace('localhost', '127.0.0.1'))).toBe(true)

    const paid = { payment: { amount: 12.5 } }
    expect(await deliver(url, paid, 'one')).toEqual({ status: 202, text: '' })
    expect(await first).toMatchObject({ ledger_onPayment: { data: { amount: 12.5 } } })

    expect(await deliver(url, { probe: 'ping' })).toEqual({ status: 200, text: 'probed: ping' })
    expect((await deliver(url, { probe: 'wrong' })).status).toBe(422)
    expect((await deliver(url, 'no object')).status).toBe(503)
    const second = payments.next()
    // A repeated delivery is one event, and one that leads elsewhere is none.
    expect((await deliver(url, paid, 'one')).status).toBe(202)
    const elsewhere = url.replace(/\?to=.*/, `?to=${encodeURIComponent(`${provider.origin}/stolen`)}`)
    expect((await deliver(elsewhere, { payment: { amount: 13 } })).status).toBe(503)
    expect((await deliver(to, { amount: 14 })).status).toBe(202)
    expect(await second).toMatchObject({ ledger_onPayment: { data: { amount: 14 } } })
    expect(provider.seen.some(({ path }) => path === '/stolen')).toBe(false)
  })

  test('whose body has no place for an address is registered by its hook, and deleted where the API says', async () => {
    const alarms = ada.subscribe<{ ledger_onAlarm: { data: unknown } }>(
      'subscription { ledger_onAlarm(level: "high") { data { alarm } feed { id } } }',
    )
    const first = alarms.next()
    const { url } = await registered('/v1/alarms')
    expect(provider.seen[0]?.target).toBe('/v1/alarms?level=high')
    expect(new URL(url).pathname).toMatch(/^\/webhooks\/[\w-]{43}$/)
    expect((await deliver(`${url}/anything?x=1`, { alarm: 'fire' })).status).toBe(202)
    const event = await first
    expect(event).toMatchObject({ ledger_onAlarm: { data: { alarm: 'fire' } } })
    const { feed } = event.ledger_onAlarm as unknown as { feed: { id: string } }
    await alarms[Symbol.asyncDispose]()
    await ada.query('mutation ($id: ID!) { deleteFeed(id: $id) }', { id: feed.id })
    await waitFor(
      async () => provider.seen.some(({ method, path }) => method === 'DELETE' && path === '/v1/alarms/7'),
      () => `nothing is deleted\n${hub.output()}`,
    )
    expect((await deliver(url, { alarm: 'late' })).status).toBeGreaterThanOrEqual(400)
  })
})

test('a webhook action waits for the one callback at the address that its hook asked for', async () => {
  const { ledger_ask } = await ada.query<{ ledger_ask: { id: string } }>(
    'mutation { ledger_ask(input: { account: "b" }) { id } }',
  )
  const { url } = await registered('/v1/questions')
  await using answers = ada.subscribe<{ ledger_ask: { data: unknown } }>(
    'subscription ($feed: ID!) { ledger_ask(feed: $feed) { data { approved } } }',
    { feed: ledger_ask.id },
  )
  const answer = answers.next()
  expect((await deliver(url, { approved: true })).status).toBe(202)
  expect(await answer).toMatchObject({ ledger_ask: { data: { approved: true } } })
})

test('any other call is told that it registers no webhook', async () => {
  for (const document of ['{ ledger_listPayments }', 'mutation { ledger_deleteHook(id: "1") }']) {
    const { errors } = await ada.answer(document)
    if (document.includes('delete')) expect(errors).toBeUndefined()
    else
      expect(errors?.[0]).toMatchObject({
        message: expect.stringContaining('ListPayments of Ledger registers no webhook in this call'),
        extensions: { code: 'OPERATION_UNSUPPORTED', connector: 'ledger', operation: 'ListPayments' },
      })
  }
})

test('the token is in no log, span, metric, trace or error', async () => {
  const tokens: string[] = []
  provider.answer = (request, response) => {
    tokens.push(tokenOf(String(request.body)))
    // A provider that quotes what it was told.
    json({ message: `no: ${request.body}`, base64: request.body.toString('base64') }, 400)(request, response)
  }
  const response = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-junctor-trace': '1', ...ada.headers },
    body: JSON.stringify({ query: 'mutation { ledger_ask(input: { account: "c" }) { id } }' }),
  })
  const answer = await response.text()
  expect(tokens[0]).toMatch(/^[\w-]{43}$/)
  expect(answer).toContain('"trace"')
  expect(answer).toContain('UPSTREAM_ERROR')
  expect(answer).toContain('no: {')
  await waitFor(
    async () => collector.spans.some(({ name }) => name === 'POST /questions'),
    () => 'no spans came',
  )
  const metrics = await (await fetch(`${hub.url}/metrics`)).text()
  expect(hub.output()).toContain('The webhook is at http')
  expect(hub.output()).toContain('"deeper"')
  const told = { answer, metrics, log: hub.output(), spans: collector.raw() }
  const all = [...tokens, ...provider.seen.map(({ body }) => tokenOf(String(body)))]
  for (const [where, text] of Object.entries(told))
    for (const token of all) {
      const encoded = Buffer.from(token).toString('base64').slice(2, -4)
      expect(text.includes(token) || text.includes(encoded), `a token in ${where}`).toBe(false)
    }
})
