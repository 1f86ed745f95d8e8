// How connections open, fail and end: sample, files, servers, credentials and the egress guard.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { engines, mysqlClient, postgresClient } from './engines.ts'
import { openHub } from './hub.ts'
import { openProxy } from './proxy.ts'

const connection = (authentication: string, parameters: Record<string, unknown> = {}) => ({
  connection: { id: `c-${authentication}`, authentication, parameters },
})

describe('the sample', () => {
  test('is a small shop that every connection shares and that survives a restart', async () => {
    await using hub = await openHub([])
    const one = hub.calling(connection('sample'))
    const other = hub.calling({ connection: { id: 'other', authentication: 'sample', parameters: {} } })
    const names = (await one('/tables')).body.value.map((table: { name: string }) => table.name)
    expect(names).toEqual(['customers', 'order_lines', 'order_totals', 'orders', 'products'])
    const added = await one('/tables/customers/rows', { body: { name: 'Grace Hopper' } })
    expect(added.body).toMatchObject({ id: 6, name: 'Grace Hopper', created_at: expect.stringMatching(/Z$/) })
    expect((await other('/tables/customers/rows/6')).body.name).toBe('Grace Hopper')
    const before = added.body.updated_at
    const changed = await one('/tables/customers/rows/6', { method: 'PATCH', body: { city: 'Arlington' } })
    expect(changed.body.city).toBe('Arlington')
    const touched = (await one('/tables/customers/rows/6')).body.updated_at
    expect(touched >= before).toBe(true)
    expect((await one('/tables/products/rows/1')).body).toMatchObject({ price: 4.5, active: true })
    expect((await one('/tables/orders/rows', { body: { customer_id: 99 } })).status).toBe(400)
  })
})

test('one value of SQLite is no larger than an answer', async () => {
  await using hub = await openHub([])
  const call = hub.calling(connection('sample'))
  for (const query of ['select length(randomblob(600000000)) as n', 'select hex(zeroblob(9000000)) as n'])
    expect(await call('/query', { body: { query } })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('too big') } },
    })
  expect(await hub.hosted.restarts()).toBe(0)
})

describe('a SQLite file', () => {
  test.each(['../up.db', '/etc/passwd', 'a/b.db', '.hidden', 'x\0y', 'file:x.db', ''])(
    'is a plain name, not %j',
    async file => {
      await using hub = await openHub([])
      const { status, body } = await hub.calling(connection('sqlite', { file }))('/tables')
      expect(status).toBe(400)
      expect(body.error.message).toContain('file')
    },
  )

  test('cannot be left by a query', async () => {
    await using hub = await openHub([])
    const call = hub.calling(connection('sqlite', { file: 'mine.db' }))
    const outside = join(hub.hosted.dataFolder, 'outside.db')
    for (const text of [`attach '${outside}' as o`, `vacuum into '${outside}'`])
      expect((await call('/query', { body: { query: text } })).status).toBe(403)
    expect((await call('/query', { body: { query: "select load_extension('x')" } })).status).toBe(400)
    expect(existsSync(outside)).toBe(false)
    const own = join(hub.hosted.dataFolder, 'webapps', 'sql', 'databases', 'mine.db')
    expect(existsSync(own)).toBe(true)
  })
})

test('a connection of an unknown kind, or none at all, is refused', async () => {
  await using hub = await openHub([])
  expect(await hub.calling(connection('oracle'))('/tables')).toMatchObject({ status: 400 })
  const missing = await hub.calling(connection('postgres', { host: 'x', password: 'hunter-two' }))('/tables')
  expect(missing.status).toBe(400)
  expect(missing.body.error.message).toMatch(/Parameter database.*Parameter username/)
  expect(JSON.stringify(missing.body)).not.toContain('hunter-two')
})

describe.each(engines.filter(({ present, name }) => present && name !== 'sqlite'))('$name', engine => {
  test('is not reached at a private address that is not allowed', async () => {
    await using hub = await openHub([])
    await using database = await engine.open(hub.hosted.dataFolder)
    const { status, body } = await hub.calling(database)('/tables')
    expect(status).toBe(403)
    expect(body.error).toEqual({
      code: 'EGRESS_REFUSED',
      message: expect.stringContaining('JUNCTOR_ALLOW_PRIVATE'),
    })
  })

  test('answers for a server that is not there, a database that is not, and an unknown user', async () => {
    const { host, port } = new URL(engine.allowPrivate[0]!.replace(/^\w+/, 'http'))
    const closed = `${engine.name}://127.0.0.1:1`
    await using hub = await openHub([...engine.allowPrivate, closed])
    await using database = await engine.open(hub.hosted.dataFolder)
    expect(host).toContain(port)
    const at = (changes: object) =>
      hub.calling({
        connection: {
          ...database.connection,
          parameters: { ...database.connection.parameters, ...changes },
        },
      })('/tables')
    expect(await at({ host: '127.0.0.1', port: 1 })).toMatchObject({ status: 502 })
    expect(await at({ database: 'nowhere_at_all' })).toMatchObject({
      status: 404,
      body: { error: { code: 'DatabaseNotFound' } },
    })
    const stranger = await at({ username: 'nobody_at_all', password: 'hunter-two' })
    expect(stranger).toMatchObject({ status: 401, body: { error: { code: 'LoginRefused' } } })
    expect(stranger.body.error.message).toContain('nobody_at_all')
    expect(JSON.stringify(stranger.body)).not.toContain('hunter-two')
    expect(hub.hosted.log()).not.toContain('hunter-two')
  })

  test('that speaks no TLS is told apart from a connector that failed', async () => {
    await using hub = await openHub(engine.allowPrivate)
    await using database = await engine.open(hub.hosted.dataFolder)
    const { connection } = database
    for (const ssl of ['require', 'verify']) {
      const at = { ...connection, parameters: { ...connection.parameters, ssl } }
      const { status, body } = await hub.calling({ connection: at })('/tables')
      // A server that does speak it answers, or has no certificate of this name.
      if (status !== 200) expect(body.error).toMatchObject({ code: 'DatabaseFailed' })
    }
  })

  test('that falls silent does not keep the session of a caller who left', async () => {
    await using proxy = await openProxy(new URL(engine.allowPrivate[0]!.replace(/^\w+/, 'http')))
    await using hub = await openHub([`${engine.name}://127.0.0.1:${proxy.port}`])
    await using database = await engine.open(hub.hosted.dataFolder)
    const { connection } = database
    const parameters = { ...connection.parameters, host: '127.0.0.1', port: proxy.port }
    const call = hub.calling({ connection: { ...connection, parameters } })
    await Promise.all([1, 2, 3, 4].map(() => call('/tables')))
    proxy.goDark()
    const caller = new AbortController()
    const calls = [1, 2, 3, 4, 5, 6].map(() => call('/tables', { signal: caller.signal }))
    for (const left of calls) left.catch(() => {})
    await vi.waitFor(() => expect(proxy.swallowed()).toBe(4))
    caller.abort()
    for (const left of calls) await expect(left).rejects.toThrow()
    expect((await call('/tables')).status).toBe(200)
  })

  test('serves more calls at once than it has sessions', async () => {
    await using hub = await openHub(engine.allowPrivate)
    await using database = await engine.open(hub.hosted.dataFolder)
    await database.run('create table t (n integer primary key)')
    const call = hub.calling(database)
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => call('/tables/t/rows', { body: { n } })),
    )
    expect(answers.every(({ status }) => status === 201)).toBe(true)
    expect((await call('/tables/t/rows?top=50')).body.value).toHaveLength(40)
  })
})

const has = (name: string) => engines.some(engine => engine.name === name && engine.present)

test.runIf(has('mysql'))('a wrong password is told without the password', async () => {
  const engine = engines.find(({ name }) => name === 'mysql')!
  await using hub = await openHub(engine.allowPrivate)
  await using database = await engine.open(hub.hosted.dataFolder)
  const user = `junctor_${randomBytes(4).toString('hex')}`
  const admin = await mysqlClient()
  await admin.query(`create user ${user} identified by 'right-password'`)
  try {
    const parameters = { ...database.connection.parameters, username: user, password: 'wrong-password' }
    const { status, body } = await hub.calling({ connection: { ...database.connection, parameters } })(
      '/tables',
    )
    expect(status).toBe(401)
    expect(JSON.stringify(body)).not.toContain('wrong-password')
    expect(hub.hosted.log()).not.toContain('wrong-password')
  } finally {
    await admin.query(`drop user ${user}`)
    await admin.end()
  }
})

test.runIf(has('postgres'))('a session that the server ends is replaced', async () => {
  const engine = engines.find(({ name }) => name === 'postgres')!
  await using hub = await openHub(engine.allowPrivate)
  await using database = await engine.open(hub.hosted.dataFolder)
  const call = hub.calling(database)
  await call('/tables')
  const admin = await postgresClient(String(database.connection.parameters.database))
  const { rowCount } = await admin.query(
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and application_name = 'junctor'",
  )
  await admin.end()
  expect(rowCount).toBe(1)
  // The news may arrive with the next call, which then says so.
  const statuses = [(await call('/tables')).status, (await call('/tables')).status]
  expect(statuses[1]).toBe(200)
  expect([200, 502, 503]).toContain(statuses[0])
})

test.runIf(has('postgres'))('a statement that runs too long is ended by the server', async () => {
  const engine = engines.find(({ name }) => name === 'postgres')!
  await using hub = await openHub(engine.allowPrivate)
  await using database = await engine.open(hub.hosted.dataFolder)
  const call = hub.calling(database)
  const show = await call('/query', { body: { query: 'show statement_timeout' } })
  expect(show.body.value).toEqual([{ statement_timeout: '30s' }])
  const cancelled = await call('/query', {
    body: {
      query: "with t as (select set_config('statement_timeout', '1', false)) select pg_sleep(0) from t",
    },
  })
  expect(cancelled.status).toBe(200)
  // What the query set went with its session.
  expect((await call('/query', { body: { query: 'show statement_timeout' } })).body.value).toEqual([
    { statement_timeout: '30s' },
  ])
})

test.runIf(has('postgres'))('a statement that is cancelled for another reason is no timeout', async () => {
  const engine = engines.find(({ name }) => name === 'postgres')!
  await using hub = await openHub(engine.allowPrivate)
  await using database = await engine.open(hub.hosted.dataFolder)
  await database.run('create table t (n integer)')
  const call = hub.calling(database)
  expect(await call('/query', { body: { query: 'copy t from stdin' } })).toMatchObject({
    status: 400,
    body: { error: { code: 'StatementRefused' } },
  })
  const slow = "select pg_sleep(20) from (select set_config('statement_timeout', '50', false)) as s"
  const admin = await postgresClient(String(database.connection.parameters.database))
  const running = call('/query', { body: { query: slow } })
  await vi.waitFor(async () => {
    const { rowCount } = await admin.query(
      "select pg_cancel_backend(pid) from pg_stat_activity where query like 'select pg_sleep(20)%'",
    )
    expect(rowCount).toBe(1)
  })
  await admin.end()
  expect(await running).toMatchObject({ status: 504, body: { error: { code: 'StatementTimeout' } } })
})

test.runIf(has('postgres'))('columns that a key only includes are not in it', async () => {
  const engine = engines.find(({ name }) => name === 'postgres')!
  await using hub = await openHub(engine.allowPrivate)
  await using database = await engine.open(hub.hosted.dataFolder)
  await database.run(`
    create table included (b integer, id integer, name text, a integer, primary key (b, a) include (name, id));
    insert into included values (1, 2, 'x', 3)`)
  const call = hub.calling(database)
  expect((await call('/tables/included/rows/b=1,a=3')).body).toEqual({ b: 1, id: 2, name: 'x', a: 3 })
  const { properties } = (await call('/tables/included/schema')).body.schema
  const inKey = Object.keys(properties).filter(name => properties[name].description.includes('primary key'))
  expect(inKey).toEqual(['b', 'a'])
})

test.runIf(has('mysql'))('a FLOAT reads as it was written, and is found by it', async () => {
  const engine = engines.find(({ name }) => name === 'mysql')!
  await using hub = await openHub(engine.allowPrivate)
  await using database = await engine.open(hub.hosted.dataFolder)
  await database.run('create table t (id integer auto_increment primary key, f float, d double)')
  const call = hub.calling(database)
  expect((await call('/tables/t/rows', { body: { f: 0.1, d: 0.1 } })).body).toEqual({ id: 1, f: 0.1, d: 0.1 })
  for (const [filter, found] of [
    ['f eq 0.1', 1],
    ['d eq 0.1', 1],
    ['f gt 0.1', 0],
    ['f le 0.1', 1],
  ] as const)
    expect((await call(`/tables/t/rows?${new URLSearchParams({ filter })}`)).body.value).toHaveLength(found)
})

test('a column without a type keeps numbers as numbers', async () => {
  const [sqlite] = engines
  await using hub = await openHub([])
  await using database = await sqlite!.open(hub.hosted.dataFolder)
  await database.run('create table t (k primary key, x)')
  const call = hub.calling(database)
  for (const row of [
    { k: 5, x: 5 },
    { k: 6, x: 2.5 },
    { k: 'a', x: '5' },
  ])
    expect(await call('/tables/t/rows', { body: row })).toMatchObject({ status: 201, body: row })
  const keys = async (filter: string) =>
    (await call(`/tables/t/rows?${new URLSearchParams({ filter, order: 'k' })}`)).body.value.map(
      (row: { k: unknown }) => row.k,
    )
  expect(await keys('x eq 5')).toEqual([5])
  expect(await keys("x eq '5'")).toEqual(['a'])
  expect(await keys('x lt 4.5')).toEqual([6])
  for (const key of [5, 'a']) expect((await call(`/tables/t/rows/${key}`)).body.k).toBe(key)
  expect(await call('/query', { body: { query: 'select typeof(x) as t from t order by k' } })).toMatchObject({
    body: { value: [{ t: 'integer' }, { t: 'real' }, { t: 'text' }] },
  })
})
