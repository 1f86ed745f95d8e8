// The operator's own PostgreSQL: what openStore does with DATABASE_URL.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Client } from 'pg'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { secret } from '../../src/secret.ts'
import { openStore } from '../../src/store/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { administer, databaseUrl, uniqueDatabase } from '../harness/database-server.ts'
import { openTestStore } from '../harness/open-test-store.ts'

const open = (url: string) =>
  openStore({
    databaseUrl: secret(url),
    dataFolder: '/nonexistent',
    logger: createLogger('silent'),
    clock: systemClock,
  })

async function failure(url: string): Promise<{ code?: string; message: string }> {
  return open(url).then(
    () => Promise.reject(new Error('It opened.')),
    (error: { code?: string; message: string }) => error,
  )
}

test('instances that start together on an empty database migrate it once, and all of them open', async () => {
  const server = inject('databaseServer').url
  const name = uniqueDatabase()
  await administer(server, `create database ${name}`)
  onTestFinished(() => administer(server, `drop database ${name} with (force)`))
  const stores = await Promise.all([1, 2, 3].map(() => open(databaseUrl(server, name))))
  for (const store of stores) await store.ping()
  const { rows } = await stores[0]!.pool.query(
    'select count(*)::int as applied, count(distinct hash)::int as files from drizzle.__drizzle_migrations',
  )
  expect(rows).toEqual([{ applied: rows[0].files, files: expect.any(Number) }])
  expect(rows[0].applied).toBeGreaterThan(0)
  for (const store of stores) await store[Symbol.asyncDispose]()
})

test('connections that the server ends are replaced, and what ran on them rejects', async () => {
  await using store = await openTestStore()
  await Promise.all(Array.from({ length: 10 }, () => store.pool.query('select pg_sleep(0.01)')))
  const running = expect(store.pool.query('select pg_sleep(600)')).rejects.toThrow()
  const client = new Client({ connectionString: store.url })
  await client.connect()
  await vi.waitFor(async () => {
    const { rows } = await client.query(
      "select from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid() and datname = current_database()",
    )
    expect(rows).toHaveLength(1)
  })
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  await client.end()
  await running
  await vi.waitFor(() => store.ping())
})

test('disposing waits for the queries that run', async () => {
  await using store = await openTestStore()
  const running = store.pool.query('select pg_sleep(0.3), 1 as one')
  await Promise.all([
    store[Symbol.asyncDispose](),
    expect(running).resolves.toMatchObject({ rows: [{ one: 1 }] }),
  ])
})

test('a server that is not there is named without its password', async () => {
  const error = await failure('postgres://junctor:hunter2@127.0.0.1:1/hub?password=hunter3')
  expect(error.code).toBe('STORE_UNAVAILABLE')
  expect(error.message).toContain('postgres://junctor@127.0.0.1:1/hub cannot be reached')
  expect(error.message).toContain('DATABASE_URL')
  expect(error.message).not.toMatch(/hunter/)
})

test('so is one that refuses us', async () => {
  const url = new URL(databaseUrl(inject('databaseServer').url, 'no_such_database'))
  url.searchParams.set('password', 'hunter2')
  const error = await failure(url.href)
  expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' })
  expect(error.message).toContain('database "no_such_database" does not exist')
  expect(error.message).not.toMatch(/hunter/)
})

test('one that accepts and never answers is given up', { timeout: 60_000 }, async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void silent.close())
  await once(silent, 'listening')
  const address = silent.address()
  const port = typeof address === 'object' ? address?.port : 0
  expect(await failure(`postgres://junctor@127.0.0.1:${port}/hub`)).toMatchObject({
    code: 'STORE_UNAVAILABLE',
  })
})

test('one that is too old is named with its version', async () => {
  const old = createServer(socket => {
    socket.on('data', message => socket.write(answerOfOldServer(message)))
    socket.on('error', () => {
      // The client hangs up first.
    })
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void old.close())
  await once(old, 'listening')
  const address = old.address()
  const port = typeof address === 'object' ? address?.port : 0
  expect(await failure(`postgres://junctor@127.0.0.1:${port}/hub`)).toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringMatching(/PostgreSQL 14\.9 .*needs 15 or newer/),
  })
})

/** Speaks just enough of the protocol: authentication, and one row for whatever is asked (protocol-message-formats). */
function answerOfOldServer(message: Buffer): Buffer {
  const ready = packet('Z', Buffer.from('I'))
  const isQuery = message[0] === 'Q'.charCodeAt(0)
  if (!isQuery) return Buffer.concat([packet('R', Buffer.alloc(4)), ready])
  const name = Buffer.from('server_version\0')
  const column = Buffer.alloc(18)
  column.writeInt32BE(25, 6)
  const value = Buffer.from('14.9 (Debian 14.9-1)')
  return Buffer.concat([
    packet('T', Buffer.concat([int16(1), name, column])),
    packet('D', Buffer.concat([int16(1), int32(value.length), value])),
    packet('C', Buffer.from('SHOW\0')),
    ready,
  ])
}

function packet(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeInt16BE(value)
  return buffer
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}
