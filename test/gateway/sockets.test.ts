// WebSocket connections, from outside: who gets one, who keeps it, and what somebody may ask who lost something meanwhile.
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import WebSocket from 'ws'
import { signUp } from '../harness/client.ts'
import { administer, databaseUrl, uniqueDatabase } from '../harness/database-server.ts'
import { type Hub, startHub, waitFor } from '../harness/hub.ts'

const password = 'correct horse battery'
const { url: serverUrl } = inject('databaseServer')
const database = uniqueDatabase()

let hub: Hub
beforeAll(async () => {
  await administer(serverUrl, `create database ${database}`)
  hub = await startHub({ env: { JUNCTOR_SIGNUP: 'open', DATABASE_URL: databaseUrl(serverUrl, database) } })
}, 60_000)
afterAll(async () => {
  await hub[Symbol.asyncDispose]()
  await administer(serverUrl, `drop database if exists ${database} with (force)`)
})

type Headers = Readonly<Record<string, string>>

interface Socket {
  /** The code it was closed with; null while it is open. */
  closed(): number | null
  /** Runs an operation over it. */
  ask<Data>(query: string): Promise<{ data?: Data; errors?: readonly { message: string }[] }>
  end(): Promise<void>
}

async function connect(headers: Headers): Promise<Socket> {
  let code: number | null = null
  const opened = Promise.withResolvers<void>()
  const client = createClient({
    url: `${hub.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: headers,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    on: {
      connected: () => opened.resolve(),
      closed: event => {
        code = (event as { code: number }).code
      },
    },
  })
  await opened.promise
  return {
    closed: () => code,
    async ask(query) {
      for await (const result of client.iterate<never>({ query })) return result as object
      throw new Error('No answer.')
    },
    end: async () => client.dispose(),
  }
}

const closes = (socket: Socket) =>
  waitFor(
    async () => socket.closed() !== null,
    () => 'The socket stays open.',
    20,
  )

async function call<Answer>(path: string, body: unknown, headers: Headers): Promise<Answer> {
  const answer = await fetch(`${hub.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as Answer
}

/** Signs in anew: a session of its own. */
async function session(email: string): Promise<Headers> {
  const answer = await fetch(`${hub.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  return { authorization: `Bearer ${answer.headers.get('set-auth-token')}` }
}

describe('a socket', () => {
  const upgrade = (headers: Headers, path = '/graphql') =>
    new Promise<'open' | number>(resolve => {
      const socket = new WebSocket(`${hub.url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', {
        headers,
      })
      socket.once('open', () => {
        socket.terminate()
        resolve('open')
      })
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
      socket.once('error', () => undefined)
    })

  test('is not for a page of another origin', async () => {
    expect(await upgrade({ origin: 'https://evil.example' })).toBe(403)
    expect(await upgrade({ origin: hub.url })).toBe('open')
    expect(await upgrade({})).toBe('open')
    expect(await upgrade({}, '/elsewhere')).toBe(404)
  })

  test('closes when its session ends', async () => {
    await signUp(hub.url, 'ada@example.com')
    const headers = await session('ada@example.com')
    const socket = await connect(headers)
    await call('/api/auth/sign-out', {}, headers)
    await closes(socket)
    expect(socket.closed()).toBe(4403)
  })

  test('closes when its API key is deleted', async () => {
    await signUp(hub.url, 'barbara@example.com')
    const headers = await session('barbara@example.com')
    const made = await call<{ id: string; key: string }>(
      '/api/auth/api-key/create',
      { name: 'short' },
      headers,
    )
    const socket = await connect({ 'x-api-key': made.key })
    expect(await socket.ask('{ viewer { email } }')).toEqual({
      data: { viewer: { email: 'barbara@example.com' } },
    })
    await call('/api/auth/api-key/delete', { keyId: made.id }, headers)
    await closes(socket)
    expect(socket.closed()).toBe(4403)
  })

  test('knows what its person lost meanwhile: an organization, and its connections with it', async () => {
    await signUp(hub.url, 'grace@example.com')
    await signUp(hub.url, 'mallory@example.com')
    const [grace, mallory] = [await session('grace@example.com'), await session('mallory@example.com')]
    const { id: organizationId } = await call<{ id: string }>(
      '/api/auth/organization/create',
      { name: 'Acme', slug: 'acme' },
      grace,
    )
    const invitation = await call<{ id: string }>(
      '/api/auth/organization/invite-member',
      { email: 'mallory@example.com', role: 'member', organizationId },
      grace,
    )
    await call('/api/auth/organization/accept-invitation', { invitationId: invitation.id }, mallory)
    await call('/api/auth/organization/set-active', { organizationId }, grace)
    const made = await call<{ data: { createConnection: { connection: { id: string } } } }>(
      '/graphql',
      {
        query:
          'mutation { createConnection(input: { connector: "sql", name: "acme", authentication: "sample" }) { connection { id } } }',
      },
      grace,
    )
    const { id } = made.data.createConnection.connection
    await call(
      '/graphql',
      {
        query: `mutation { grantConnection(id: "${id}", to: { kind: ORGANIZATION, id: "${organizationId}" }, role: USE) { id } }`,
      },
      grace,
    )
    const socket = await connect(mallory)
    const rows = `{ sql_listRows(connection: "${id}", table: "customers", top: 1) { value } }`
    expect(await socket.ask(rows)).toMatchObject({ data: { sql_listRows: { value: [{ id: 1 }] } } })

    await call(
      '/api/auth/organization/remove-member',
      { memberIdOrEmail: 'mallory@example.com', organizationId },
      grace,
    )
    expect((await socket.ask(rows)).errors?.[0]?.message).toContain('connection')
    expect(await socket.ask('{ connections { nodes { id } } }')).toEqual({
      data: { connections: { nodes: [] } },
    })
    await socket.end()
  })

  test('outlives a store that does not answer for a while', async () => {
    const { headers } = await signUp(hub.url, 'margaret@example.com')
    const socket = await connect(headers)
    await administer(serverUrl, `alter database ${database} allow_connections false`)
    await administer(
      serverUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`,
    )
    await waitFor(
      async () => hub.output().includes('could not be looked at'),
      () => `The socket was not looked at.\n${hub.output()}`,
      20,
    )
    await administer(serverUrl, `alter database ${database} allow_connections true`)
    await waitFor(
      async () => (await fetch(`${hub.url}/ready`)).ok,
      () => 'The hub does not recover.',
    )
    expect(await socket.ask('{ viewer { email } }')).toEqual({
      data: { viewer: { email: 'margaret@example.com' } },
    })
    expect(socket.closed()).toBeNull()
    await socket.end()
  })
})
