// What callers are told while the hub's database has no connection free for them, or breaks off; and that it ends
// nothing of what they have open.
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import WebSocket from 'ws'
import { clientOf, signUp } from '../harness/client.ts'
import { administer, databaseUrl, uniqueDatabase } from '../harness/database-server.ts'
import { startHub, waitFor } from '../harness/hub.ts'

/** More than the hub's pool has connections; half of them by key, half by session. */
const callers = 24
/** Longer than who somebody is is remembered, and than what is looked at every 5 s waits for a connection. */
const awaySeconds = 28
const list = '{ connections { totalCount } }'
const away = 'STORE_UNAVAILABLE'

test('no connection is free in time, or one breaks off: it is said, and over when that is', async () => {
  const { url: server } = inject('databaseServer')
  const name = uniqueDatabase()
  await administer(server, `create database ${name}`)
  await using stack = new AsyncDisposableStack()
  stack.defer(() => administer(server, `drop database if exists ${name} with (force)`))
  const url = databaseUrl(server, name)
  const hub = stack.use(await startHub({ env: { DATABASE_URL: url } }))
  const byKey = await signUp(hub.url)
  const bySession = await signIn(hub.url, byKey.email)
  const somebody = new Client({ connectionString: url })
  await somebody.connect()
  stack.defer(() => somebody.end())

  const { createFeed } = await byKey.query<{ createFeed: { webhookUrl: string } }>(
    'mutation { createFeed(input: { field: "webhook_onRequest", arguments: { name: "kept" } }) { webhookUrl } }',
  )
  const subscription = stack.use(
    byKey.subscribe('subscription { webhook_onRequest(name: "kept") { data { body } } }'),
  )
  const told = subscription.next(90)
  await waitFor(
    async () => /^junctor_subscribers 1$/m.test(await (await fetch(`${hub.url}/metrics`)).text()),
    () => 'Nobody is subscribed.',
  )

  await somebody.query('begin')
  await somebody.query('lock table connection in access exclusive mode')
  const since = Date.now()
  const codes: unknown[] = []
  const asked = Array.from({ length: callers }, async (_, n) => {
    const { errors = [] } = await (n % 2 ? byKey : bySession).answer(list)
    codes.push(errors[0]?.extensions.code)
  })
  const blocked = async () => {
    const { rows } = await somebody.query<{ pid: number }>(
      "select pid from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'",
      [name],
    )
    return rows.map(({ pid }) => pid)
  }
  // Their connections are those of the pool, and who comes now is not known to the hub any more.
  await pause(awaySeconds * 1000 - (Date.now() - since))
  expect((await blocked()).length).toBeGreaterThan(0)
  expect(new Set(codes)).toEqual(new Set([away]))
  const closing = closeOf(hub.url, byKey.headers)
  const signingIn = askToSignIn(hub.url, byKey.email)
  const late = await Promise.all([byKey, bySession].map(client => client.answer(list)))
  expect(late.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual([away, away])
  expect(await closing).toBe(1013)
  expect((await signingIn).status).toBe(503)

  for (const pid of await blocked()) await somebody.query('select pg_terminate_backend($1)', [pid])
  await Promise.all(asked)
  expect(codes).toEqual(Array.from({ length: callers }, () => away))

  await somebody.query('rollback')
  for (const client of [byKey, bySession])
    expect(await client.query(list)).toEqual({ connections: { totalCount: 0 } })
  await fetch(createFeed.webhookUrl, { method: 'POST', body: 'still here' })
  expect(await told).toEqual({ webhook_onRequest: { data: { body: 'still here' } } })
}, 150_000)

function askToSignIn(url: string, email: string): Promise<Response> {
  return fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'correct horse battery' }),
  })
}

async function signIn(url: string, email: string) {
  const { headers } = await askToSignIn(url, email)
  return clientOf(url, email, { authorization: `Bearer ${headers.get('set-auth-token')}` })
}

/** The code with which a socket is closed that introduces itself so. */
function closeOf(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: headers })))
  return new Promise((resolve, reject) => {
    socket.on('close', resolve)
    socket.on('error', reject)
  })
}
