// How much one client may have open, from outside: subscriptions of a WebSocket, event streams of a person.
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { type HubClient, signUp } from '../harness/client.ts'
import { type Hub, startHub, waitFor } from '../harness/hub.ts'

let hub: Hub
let ada: HubClient
let bob: HubClient
beforeAll(async () => {
  hub = await startHub({ env: { JUNCTOR_SIGNUP: 'open', JUNCTOR_SUBSCRIPTIONS: '3,2' } })
  ada = await signUp(hub.url)
  bob = await signUp(hub.url, 'bob@example.com')
}, 60_000)
afterAll(() => hub[Symbol.asyncDispose]())

const watch = 'subscription { webhook_onRequest(name: "limits") { cursor } }'

const subscribers = (count: number) =>
  waitFor(
    async () =>
      (await (await fetch(`${hub.url}/metrics`)).text()).includes(`\njunctor_subscribers ${count}\n`),
    () => `There are not ${count} subscribers.`,
  )

function socketOf({ headers }: HubClient) {
  const client = createClient({
    url: `${hub.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: headers,
    retryAttempts: 0,
  })
  return {
    /** Resolves with what the subscription was refused with; `left` ends it. */
    subscribe() {
      const events = client.iterate({ query: watch })
      const first = events.next().catch((error: unknown) => JSON.stringify(error))
      return { first, leave: () => events.return?.() }
    },
    async ask(query: string) {
      for await (const result of client.iterate({ query })) return result
      throw new Error('No answer.')
    },
    end: async () => client.dispose(),
  }
}

test('a WebSocket has as many subscriptions as the setting says, and each that ends makes room', async () => {
  const socket = socketOf(ada)
  const open = [socket.subscribe(), socket.subscribe(), socket.subscribe()]
  await subscribers(3)
  const refused = JSON.stringify(await socket.subscribe().first)
  expect(refused).toContain('LIMIT_EXCEEDED')
  expect(refused).toContain('JUNCTOR_SUBSCRIPTIONS')
  expect(await socket.ask('{ viewer { email } }')).toEqual({ data: { viewer: { email: ada.email } } })
  await open[0]!.leave()
  await subscribers(2)
  const again = socket.subscribe()
  await subscribers(3)
  expect(JSON.stringify(await socket.subscribe().first)).toContain('LIMIT_EXCEEDED')
  const other = socketOf(ada)
  const elsewhere = other.subscribe()
  await subscribers(4)
  for (const each of [...open, again, elsewhere]) await each.leave()
  await subscribers(0)
  await Promise.all([socket.end(), other.end()])
})

async function stream({ headers }: HubClient) {
  const left = new AbortController()
  const response = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query: watch }),
    signal: left.signal,
  })
  return { text: () => response.text(), leave: () => left.abort() }
}

test('a person has as many event streams as the setting says, and others have theirs', async () => {
  const open = [await stream(ada), await stream(ada)]
  await subscribers(2)
  const refused = await (await stream(ada)).text()
  expect(refused).toContain('LIMIT_EXCEEDED')
  expect(refused).toContain('JUNCTOR_SUBSCRIPTIONS')
  expect(refused).toContain('event: complete')
  const bobs = await stream(bob)
  await subscribers(3)
  open[0]!.leave()
  await subscribers(2)
  const again = await stream(ada)
  await subscribers(3)
  for (const each of [open[1]!, bobs, again]) each.leave()
  await subscribers(0)
})
