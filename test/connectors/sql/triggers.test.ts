// New and updated rows over every engine, poll by poll as the hub follows them (connector-format §5.4).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Answer } from '../../hosting/fixtures/hosted.ts'
import { engines, mysqlClient, postgresClient, type TestDatabase } from './engines.ts'
import { type Call, openHub, query } from './hub.ts'

interface Polled {
  readonly status: number
  readonly rows: readonly Record<string, unknown>[]
  readonly retryAfter: string
}

/** Follows a trigger: each call is one poll, at the `Location` of the one before. `ready` comes before each. */
function follower(call: Call, start: string, ready = async () => {}): () => Promise<Polled> {
  let next = start
  return async () => {
    await ready()
    const answer: Answer = await call(next)
    if (answer.status >= 400) throw new Error(answer.body.error.message)
    next = String(answer.headers.location)
    return {
      status: answer.status,
      rows: answer.body.value,
      retryAfter: String(answer.headers['retry-after']),
    }
  }
}

const ids = ({ rows }: Polled) => rows.map(row => row.id)

describe.each(engines.filter(engine => engine.present))('$name', engine => {
  let hub: Awaited<ReturnType<typeof openHub>>
  let database: TestDatabase
  let call: Call

  beforeAll(async () => {
    hub = await openHub(engine.allowPrivate)
    database = await engine.open(hub.hosted.dataFolder)
    const { id, timestamp } = engine.types
    await database.run(`
      create table items (id ${id}, name varchar(50), updated_at ${timestamp}, version integer);
      create table pairs (a integer, b integer, at ${timestamp}, primary key (a, b));
      create table loose (n integer, at ${timestamp});
      create table codes (id integer primary key, code ${engine.types.caseless});
      create table wide (id integer primary key, body ${engine.types.longText}, version integer);
    `)
    call = hub.calling(database)
  })
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]()
    await database?.[Symbol.asyncDispose]()
  })
  beforeEach(() =>
    database.run(
      'delete from items; delete from pairs; delete from loose; delete from codes; delete from wide',
    ),
  )

  const add = (id: number, at = '2026-01-01T00:00:00', name = `n${id}`) =>
    database.run(
      `insert into items (id, name, updated_at, version) values (${id}, '${name}', '${at}', ${id})`,
    )
  const addMany = (from: number, to: number, at: string) => {
    const rows = Array.from({ length: to - from + 1 }, (_, index) => `(${from + index}, 'n', '${at}', 1)`)
    return database.run(`insert into items (id, name, updated_at, version) values ${rows.join(',')}`)
  }

  describe('OnNewRow', () => {
    const follow = (options = {}) => follower(call, `/triggers/items/new${query(options)}`, database.settled)

    test('starts with what comes after, and reports it once, oldest first', async () => {
      await add(1)
      const poll = follow()
      expect(await poll()).toEqual({ status: 202, rows: [], retryAfter: '5' })
      expect(await poll()).toMatchObject({ status: 202, rows: [] })
      await add(3)
      await add(2)
      const polled = await poll()
      expect(polled).toMatchObject({ status: 200, retryAfter: '5' })
      expect(ids(polled)).toEqual([2, 3])
      expect(polled.rows[0]).toEqual({ id: 2, name: 'n2', updated_at: '2026-01-01T00:00:00', version: 2 })
      expect(await poll()).toMatchObject({ status: 202, rows: [] })
    })

    test('starts in an empty table', async () => {
      const poll = follow()
      expect((await poll()).status).toBe(202)
      await add(1)
      expect(ids(await poll())).toEqual([1])
    })

    test('does not report a row again because it changed', async () => {
      await add(1)
      const poll = follow()
      await poll()
      await add(2)
      expect(ids(await poll())).toEqual([2])
      await database.run("update items set name = 'changed'")
      expect((await poll()).status).toBe(202)
    })

    test('reports many rows in batches, one at once after the other', async () => {
      const poll = follow()
      await poll()
      await addMany(1, 250, '2026-01-01T00:00:00')
      const batches = [await poll(), await poll(), await poll()]
      expect(batches.map(({ retryAfter }) => retryAfter)).toEqual(['0', '0', '5'])
      expect(batches.flatMap(ids)).toEqual(Array.from({ length: 250 }, (_, index) => index + 1))
      expect((await poll()).status).toBe(202)
    })

    test('follows a column that is named, and rows that share its value', async () => {
      const poll = follower(call, `/triggers/loose/new${query({ column: 'n' })}`, database.settled)
      await poll()
      await database.run("insert into loose values (1, '2026-01-01T00:00:00'), (2, '2026-01-01T00:00:00')")
      expect((await poll()).rows.map(row => row.n)).toEqual([1, 2])
      const pairs = follower(call, `/triggers/pairs/new${query({ column: 'at' })}`, database.settled)
      await pairs()
      await database.run("insert into pairs values (1, 2, '2026-01-01T00:00:00')")
      expect((await pairs()).rows).toHaveLength(1)
      await database.run("insert into pairs values (1, 1, '2026-01-01T00:00:00')")
      expect((await pairs()).rows).toMatchObject([{ a: 1, b: 1 }])
    })

    test('reports every row of a table without a key, also those that are alike', async () => {
      const poll = follower(call, `/triggers/loose/new${query({ column: 'at' })}`, database.settled)
      await poll()
      const many = Array.from({ length: 150 }, (_, n) => `(${n % 75}, '2026-01-01T00:00:00')`)
      await database.run(`insert into loose values ${many.join(',')}`)
      const numbers = [...(await poll()).rows, ...(await poll()).rows].map(row => Number(row.n))
      expect(numbers.sort((one, other) => one - other)).toEqual(
        Array.from({ length: 150 }, (_, index) => Math.floor(index / 2)),
      )
      await database.run("insert into loose values (7, '2026-01-01T00:00:00')")
      expect((await poll()).rows.map(row => row.n)).toEqual([7])
      expect((await poll()).status).toBe(202)
    })

    test('refuses a table without a key where more rows share a value than a state can hold', async () => {
      const many = Array.from({ length: 600 }, (_, n) => `(${n}, '2026-01-01T00:00:00')`)
      await database.run(`insert into loose values ${many.join(',')}`)
      const answer = await call(`/triggers/loose/new${query({ column: 'at' })}`)
      expect(answer).toMatchObject({
        status: 400,
        body: { error: { message: expect.stringContaining('Give the table a key') } },
      })
    })

    test('reports rows once whose values the database takes for one', async () => {
      const poll = follower(call, `/triggers/codes/new${query({ column: 'code' })}`, database.settled)
      await poll()
      await database.run("insert into codes (id, code) values (1, 'k1'), (2, 'K1')")
      expect(ids(await poll()).sort()).toEqual([1, 2])
      expect((await poll()).status).toBe(202)
      await database.run("insert into codes (id, code) values (3, 'k1')")
      if (engine.name === 'postgres') await database.run("insert into codes (id, code) values (4, 'k2')")
      expect((await poll()).rows.length).toBeGreaterThan(0)
      expect((await poll()).status).toBe(202)
    })

    test('ends a batch of wide rows before it is too long to answer', async () => {
      const wide = `insert into wide (id, body, version) values (`
      const follows = follower(call, `/triggers/wide/new${query({ column: 'version' })}`, database.settled)
      await follows()
      // The state remembers rows of this value: read again, they must not use up the batch.
      const body = 'x'.repeat(900_000)
      for (let id = 1; id <= 9; id += 1) await database.run(`${wide}${id}, '${body}', 1)`)
      const batches = [await follows(), await follows(), await follows()]
      expect(batches.map(ids)).toEqual([[1, 2, 3, 4], [5, 6, 7, 8], [9]])
      expect(batches.map(({ retryAfter }) => retryAfter)).toEqual(['0', '0', '5'])
      await database.run(`${wide}10, '${'y'.repeat(5_000_000)}', 1)`)
      expect(ids(await follows())).toEqual([10])
      expect((await follows()).status).toBe(202)
    })

    test.each([
      ['/triggers/pairs/new', /no single auto-increment key/],
      ['/triggers/loose/new', /no single auto-increment key/],
      ['/triggers/items/new?column=nothing', /no column "nothing"; its columns are id/],
    ])('says what is missing in %s', async (path, message) => {
      const { status, body } = await call(path)
      expect(status).toBe(400)
      expect(body.error.message).toMatch(message)
    })
  })

  describe('OnUpdatedRow', () => {
    const follow = (options = {}) =>
      follower(call, `/triggers/items/updated${query(options)}`, database.settled)

    test('finds its column, and reports added and changed rows', async () => {
      await add(1)
      await add(2)
      const poll = follow()
      expect((await poll()).status).toBe(202)
      await database.run("update items set updated_at = '2026-02-01T00:00:00' where id = 1")
      await add(3, '2026-02-02T00:00:00')
      const polled = await poll()
      expect(ids(polled)).toEqual([1, 3])
      expect(polled.rows[0]).toMatchObject({ updated_at: '2026-02-01T00:00:00' })
      expect((await poll()).status).toBe(202)
    })

    test('loses no row that shares the moment of the last one', async () => {
      await add(5)
      const poll = follow()
      await poll()
      // The same moment as the row that was there, with a smaller and a greater key.
      await add(4)
      await add(6)
      expect(ids(await poll())).toEqual([4, 6])
      await add(3)
      expect(ids(await poll())).toEqual([3])
      expect((await poll()).status).toBe(202)
    })

    test('reports a row that changes twice at one moment twice', async () => {
      await add(1)
      const poll = follow()
      await poll()
      for (const name of ['first', 'second']) {
        await database.run(`update items set name = '${name}', updated_at = '2026-02-01T00:00:00'`)
        expect((await poll()).rows).toMatchObject([{ id: 1, name }])
      }
    })

    test('keeps microseconds apart', async () => {
      await add(1, '2026-01-01T00:00:00.000001')
      const poll = follow()
      await poll()
      await add(2, '2026-01-01T00:00:00.000002')
      expect((await poll()).rows).toMatchObject([{ id: 2, updated_at: '2026-01-01T00:00:00.000002' }])
      expect((await poll()).status).toBe(202)
    })

    test('goes through more rows of one moment than a state can hold', async () => {
      await addMany(1, 700, '2026-01-01T00:00:00')
      const poll = follow()
      expect((await poll()).status).toBe(202)
      expect((await poll()).status).toBe(202)
      await addMany(701, 1_400, '2026-02-01T00:00:00')
      const seen: unknown[] = []
      for (let polled = await poll(); polled.status === 200; polled = await poll()) seen.push(...ids(polled))
      expect(seen).toEqual(Array.from({ length: 700 }, (_, index) => 701 + index))
    })

    test('follows a version column', async () => {
      await add(1)
      const poll = follow({ column: 'version' })
      await poll()
      await database.run('update items set version = 2')
      expect(ids(await poll())).toEqual([1])
    })

    test.each([
      ['/triggers/pairs/updated', /no column with a known name/],
      ['/triggers/loose/updated?column=at', /no primary key/],
      ['/triggers/items/updated?column=name', /cannot be followed/],
    ])('says what is missing in %s', async (path, message) => {
      const { status, body } = await call(path)
      expect(status).toBe(400)
      expect(body.error.message).toMatch(message)
    })
  })

  test('a state that is none, or another trigger’s, is refused', async () => {
    const location = String((await call('/triggers/items/new')).headers.location)
    const state = new URLSearchParams(location.split('?')[1]).get('triggerState') ?? ''
    const refused = async (path: string, triggerState: string) =>
      expect(await call(`${path}${query({ triggerState })}`)).toMatchObject({
        status: 400,
        body: { error: { message: expect.stringContaining('triggerState') } },
      })
    await refused('/triggers/items/updated', state)
    await refused('/triggers/items/new', state.slice(4))
    await refused('/triggers/items/new', 'nonsense')
    const forged = (change: object) =>
      Buffer.from(
        JSON.stringify({ ...JSON.parse(Buffer.from(state, 'base64url').toString()), ...change }),
      ).toString('base64url')
    await refused('/triggers/items/new', forged({ s: 'short' }))
    await refused('/triggers/items/new', forged({ c: 'version' }))
    await refused('/triggers/items/new', forged({ extra: 1 }))
    const hostile = forged({ a: "0'; drop table items; --" })
    expect((await call(`/triggers/items/new${query({ triggerState: hostile })}`)).status).toBe(400)
  })
})

describe('SQLite', () => {
  test('a key whose numbers are given again is not followed unasked', async () => {
    const [sqlite] = engines
    await using hub = await openHub([])
    await using database = await sqlite!.open(hub.hosted.dataFolder)
    await database.run(`
      create table reused (id integer primary key, note text default 'autoincrement' /* autoincrement */);
      create table counted (id integer primary key autoincrement)`)
    const call = hub.calling(database)
    expect(await call('/triggers/reused/new')).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('no single auto-increment key') } },
    })
    expect((await call('/tables/reused/rows', { body: {} })).status).toBe(201)
    expect((await call('/tables/reused/schema')).body.schema.required).toEqual([])
    expect((await call('/triggers/counted/new')).status).toBe(202)
    const sample = hub.calling({ connection: { id: 's', authentication: 'sample', parameters: {} } })
    const poll = follower(sample, '/triggers/customers/new')
    await poll()
    await sample('/tables/customers/rows', { body: { name: 'Grace Hopper' } })
    expect((await poll()).rows).toMatchObject([{ name: 'Grace Hopper' }])
  })
})

const postgres = engines.find(engine => engine.name === 'postgres' && engine.present)

describe.runIf(postgres)('PostgreSQL', () => {
  test('a row that is committed late is reported in its turn', async () => {
    await using hub = await openHub(postgres!.allowPrivate)
    await using database = await postgres!.open(hub.hosted.dataFolder)
    await database.run(
      'create table items (id serial primary key, name text, updated_at timestamptz default now())',
    )
    const call = hub.calling(database)
    const follow = [follower(call, '/triggers/items/new'), follower(call, '/triggers/items/updated')]
    for (const poll of follow) await poll()
    const slow = await postgresClient(String(database.connection.parameters.database))
    try {
      await slow.query('begin')
      await slow.query("insert into items (name) values ('slow')")
      await database.run("insert into items (name) values ('fast')")
      for (const poll of follow) expect(await poll()).toMatchObject({ status: 202, rows: [] })
      await slow.query('commit')
      await database.settled()
    } finally {
      await slow.end()
    }
    for (const poll of follow) expect((await poll()).rows.map(row => row.name)).toEqual(['slow', 'fast'])
    for (const poll of follow) expect((await poll()).status).toBe(202)
  })

  test('a row that changed lately does not let later ones pass it', async () => {
    await using hub = await openHub(postgres!.allowPrivate)
    await using database = await postgres!.open(hub.hosted.dataFolder)
    await database.run(`
      create table items (id serial primary key, hits integer default 0, updated_at timestamptz default clock_timestamp());
      create table other (n integer)`)
    const call = hub.calling(database)
    const follow = [follower(call, '/triggers/items/new'), follower(call, '/triggers/items/updated')]
    for (const poll of follow) await poll()
    await database.run('insert into items default values')
    await database.run('insert into items default values')
    const unrelated = await postgresClient(String(database.connection.parameters.database))
    try {
      await unrelated.query('begin')
      await unrelated.query('insert into other values (1)')
      await database.run('update items set hits = 1 where id = 1')
      for (const poll of follow) expect(await poll()).toMatchObject({ status: 202, rows: [] })
      await unrelated.query('commit')
      await database.settled()
    } finally {
      await unrelated.end()
    }
    for (const poll of follow) expect(ids(await poll())).toEqual([1, 2])
    for (const poll of follow) expect((await poll()).status).toBe(202)
  })
})

const mysql = engines.find(engine => engine.name === 'mysql' && engine.present)

describe.runIf(mysql)('MariaDB', () => {
  test('a timestamp column is followed in UTC, whatever the session of the writer', async () => {
    await using hub = await openHub(mysql!.allowPrivate)
    await using database = await mysql!.open(hub.hosted.dataFolder)
    await database.run(
      'create table items (id integer primary key auto_increment, updated_at timestamp not null default current_timestamp)',
    )
    const call = hub.calling(database)
    const poll = follower(call, '/triggers/items/updated')
    await poll()
    const writer = await mysqlClient(String(database.connection.parameters.database))
    await writer.query(
      "set time_zone = '+05:00'; insert into items (updated_at) values ('2026-01-01 05:00:00')",
    )
    await writer.end()
    expect((await poll()).rows).toEqual([{ id: 1, updated_at: '2026-01-01T00:00:00Z' }])
    expect((await poll()).status).toBe(202)
  })
})
