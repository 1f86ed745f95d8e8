// Clients that do not read what they are sent: real sockets, more bytes than the system keeps for them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { type HubClient, signUp } from '../harness/client.ts'
import { type Hub, startHub, waitFor } from '../harness/hub.ts'

let hub: Hub
let ada: HubClient
beforeAll(async () => {
  hub = await startHub({})
  ada = await signUp(hub.url)
}, 60_000)
afterAll(() => hub[Symbol.asyncDispose]())

const padding = 'x'.repeat(100_000)

interface Reader {
  readonly numbers: number[]
  readonly socket: WebSocket
  closed(): { readonly code: number; readonly reason: string } | null
}

/** The protocol by hand: graphql-ws's client cannot stop reading. */
async function open(name: string): Promise<Reader> {
  const socket = new WebSocket(`${hub.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const numbers: number[] = []
  let closed: { code: number; reason: string } | null = null
  const acknowledged = Promise.withResolvers<void>()
  socket.on('message', text => {
    const message = JSON.parse(String(text))
    if (message.type === 'connection_ack') acknowledged.resolve()
    if (message.type === 'next') numbers.push(message.payload.data.webhook_onRequest.data.body.n)
  })
  socket.on('close', (code, reason) => {
    closed = { code, reason: String(reason) }
  })
  await new Promise(resolve => socket.once('open', resolve))
  socket.send(JSON.stringify({ type: 'connection_init', payload: ada.headers }))
  await acknowledged.promise
  const query = `subscription { webhook_onRequest(name: "${name}") { data { body } } }`
  socket.send(JSON.stringify({ id: 'one', type: 'subscribe', payload: { query } }))
  return { numbers, socket, closed: () => closed }
}

const metric = async (name: string) => {
  const text = await (await fetch(`${hub.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
}

test('what a client does not take it reads later, and others do not wait; who takes nothing is disconnected', async () => {
  const { createFeed } = await ada.query<{ createFeed: { webhookUrl: string } }>(
    'mutation { createFeed(input: { field: "webhook_onRequest", arguments: { name: "big" } }) { webhookUrl } }',
  )
  const [fast, slow, stuck] = [await open('big'), await open('big'), await open('big')]
  await waitFor(
    async () => (await metric('junctor_subscribers')) === 3,
    () => 'They are not subscribed.',
  )
  slow.socket.pause()
  stuck.socket.pause()
  const all = Array.from({ length: 250 }, (_, index) => index)
  for (const n of all) {
    const response = await fetch(createFeed.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'webhook-id': `d${n}` },
      body: JSON.stringify({ n, padding }),
    })
    expect(response.status).toBe(202)
  }
  await waitFor(
    async () => fast.numbers.length === all.length,
    () => `The fast client has ${fast.numbers.length} events.`,
  )
  expect(await metric('junctor_slow_subscribers_total{outcome="behind"}')).toBeGreaterThanOrEqual(2)
  slow.socket.resume()
  await waitFor(
    async () => slow.numbers.length === all.length,
    () => `The slow client has ${slow.numbers.length} events; ${JSON.stringify(slow.closed())}.`,
  )
  expect(fast.numbers).toEqual(all)
  expect(slow.numbers).toEqual(all)

  await waitFor(
    async () => (await metric('junctor_slow_subscribers_total{outcome="dropped"}')) === 1,
    () => 'The stuck client is not dropped.',
    40,
  )
  stuck.socket.resume()
  await waitFor(
    async () => stuck.closed() !== null,
    () => 'The stuck client is not told.',
  )
  expect(stuck.closed()).toEqual({ code: 1013, reason: expect.stringContaining('after') })
  expect(stuck.numbers).toEqual(all.slice(0, stuck.numbers.length))
  expect(fast.closed()).toBeNull()
  expect(slow.closed()).toBeNull()
  fast.socket.terminate()
  slow.socket.terminate()
}, 120_000)
