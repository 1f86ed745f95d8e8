// One suite over every engine, through a real child process and a real database.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printJson } from '../../../src/json.ts'
import { engines, type TestDatabase, type TestEngine } from './engines.ts'
import { type Call, openHub, query } from './hub.ts'

const tablesOf = ({ types, quote }: TestEngine) => `
  create table books (
    id ${types.id}, title varchar(200) not null, price ${types.decimal}, big bigint, pages integer default 1,
    published date, changed_at ${types.timestamp}, cover ${types.binary}, isbn varchar(20) unique
  );
  create table order_lines (
    order_id integer not null, product varchar(50) not null, quantity integer not null,
    primary key (order_id, product)
  );
  create table notes (body varchar(100));
  create view totals as select product, sum(quantity * 0.5) as total from order_lines group by product;
  create view titles as select id, title from books;
  create table ${quote('odd "table`; drop table books; --')} (
    id ${types.id}, ${quote('a "b`c')} varchar(50), ${quote('select')} integer
  );
`

const odd = 'odd "table`; drop table books; --'
const oddPath = `/tables/${encodeURIComponent(odd)}/rows`

describe.each(engines.filter(engine => engine.present))('$name', engine => {
  let hub: Awaited<ReturnType<typeof openHub>>
  let database: TestDatabase
  let call: Call

  beforeAll(async () => {
    hub = await openHub(engine.allowPrivate)
    database = await engine.open(hub.hosted.dataFolder)
    await database.run(tablesOf(engine))
    call = hub.calling(database)
  })
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]()
    await database?.[Symbol.asyncDispose]()
  })

  const insert = async (row: object, table = 'books') => {
    const answer = await call(`/tables/${table}/rows`, { body: row })
    expect(answer, printJson(answer.body)).toMatchObject({ status: 201 })
    return answer.body
  }
  const titles = async (filter: string, order = 'id') =>
    (await call(`/tables/books/rows${query({ filter, order, select: 'title' })}`)).body.value?.map(
      (row: { title: string }) => row.title,
    )

  describe('tables', () => {
    test('are listed with their kind', async () => {
      const { status, body } = await call('/tables')
      expect(status).toBe(200)
      expect(body.value).toEqual(
        expect.arrayContaining([
          { name: 'books', kind: 'table' },
          { name: 'titles', kind: 'view' },
          { name: odd, kind: 'table' },
        ]),
      )
      expect(body.value).toHaveLength(6)
    })

    test('have a JSON Schema', async () => {
      const { schema } = (await call('/tables/books/schema')).body
      expect(schema.required).toEqual(['title'])
      expect(schema.properties).toMatchObject({
        id: { type: 'integer', description: expect.stringContaining('primary key, generated') },
        title: { type: 'string' },
        price: { type: 'number', 'x-nullable': true },
        big: { type: 'integer', format: 'int64' },
        published: { format: 'date' },
        changed_at: { format: 'date-time' },
        cover: { format: 'byte' },
      })
    })

    test('that are unknown are answered with those that are known', async () => {
      const { status, body } = await call('/tables/Nowhere/rows')
      expect(status).toBe(404)
      expect(body.error.message).toMatch(/no table "Nowhere"; the tables are .*books/)
    })
  })

  describe('a row', () => {
    test('is inserted, read, updated and deleted, every value exact', async () => {
      const given = {
        title: 'Плоский мир 🐢',
        price: 12.5,
        big: 9007199254740993n,
        published: '2026-01-31',
        changed_at: '2026-01-31T10:11:12.123456',
        cover: Buffer.from([0, 255, 39, 92]).toString('base64'),
      }
      const inserted = await insert(given)
      expect(inserted).toEqual({ ...given, id: expect.any(Number), pages: 1, isbn: null })
      const path = `/tables/books/rows/${inserted.id}`
      expect((await call(path)).body).toEqual(inserted)
      const changes = {
        price: '12345678901234.5678',
        big: '-9223372036854775808',
        title: '',
        published: null,
      }
      const updated = await call(path, { method: 'PATCH', body: changes })
      expect(updated.status).toBe(200)
      // SQLite keeps decimals as doubles.
      const price = engine.name === 'sqlite' ? Number(changes.price) : changes.price
      expect(updated.body).toEqual({ ...inserted, ...changes, price, big: -9223372036854775808n })
      expect((await call(path)).body).toEqual(updated.body)
      expect(await call(path, { method: 'PATCH', body: {} })).toMatchObject({
        status: 200,
        body: updated.body,
      })
      expect((await call(path, { method: 'DELETE' })).status).toBe(204)
      for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
        const gone = await call(path, { method, ...(method === 'PATCH' ? { body: { pages: 2 } } : {}) })
        expect(gone.status).toBe(404)
        expect(gone.body.error.message).toContain(`no row with id ${inserted.id}`)
      }
    })

    test('is inserted with defaults only', async () => {
      const answer = await call(oddPath, { body: {} })
      expect(answer).toMatchObject({ status: 201, body: { 'a "b`c': null, select: null } })
    })

    test('keeps its key where an update changes nothing', async () => {
      const { id } = await insert({ title: 'Same' })
      const answer = await call(`/tables/books/rows/${id}`, { method: 'PATCH', body: { title: 'Same' } })
      expect(answer).toMatchObject({ status: 200, body: { id, title: 'Same' } })
    })

    test('of a composite key is addressed by every column of it', async () => {
      const product = 'a=b, c/d%'
      await insert({ order_id: 7, product, quantity: 1 }, 'order_lines')
      const id = `product=${encodeURIComponent(product)},order_id=7`
      const path = `/tables/order_lines/rows/${encodeURIComponent(id)}`
      expect((await call(path)).body).toEqual({ order_id: 7, product, quantity: 1 })
      const moved = await call(path, { method: 'PATCH', body: { order_id: 8, quantity: 2 } })
      expect(moved.body).toEqual({ order_id: 8, product, quantity: 2 })
      for (const bad of ['7', 'order_id=7', 'order_id=7,product=x,more=1', 'order_id=7,product=%'])
        expect((await call(`/tables/order_lines/rows/${encodeURIComponent(bad)}`)).status).toBe(400)
    })

    test('of a table without a key cannot be addressed, but can be inserted and listed', async () => {
      await insert({ body: 'one' }, 'notes')
      expect((await call('/tables/notes/rows')).body.value).toContainEqual({ body: 'one' })
      const { status, body } = await call('/tables/notes/rows/one')
      expect(status).toBe(400)
      expect(body.error.message).toContain('no primary key')
    })

    test('that breaks a rule of the table is refused with what the database says', async () => {
      await insert({ title: 'One', isbn: '978-1' })
      const refused = async (row: object) => (await call('/tables/books/rows', { body: row })).status
      expect(await refused({ title: 'Two', isbn: '978-1' })).toBe(409)
      expect(await refused({ price: 1 })).toBe(400)
      expect(await refused({ title: null })).toBe(400)
      expect(await refused({ title: 'Three', big: 'many' })).toBe(400)
      expect(await refused({ title: 'Three', cover: '%' })).toBe(400)
      expect(await refused(['Three'])).toBe(400)
      const unknown = await call('/tables/books/rows', { body: { titel: 'x' } })
      expect(unknown).toMatchObject({ status: 400 })
      expect(unknown.body.error.message).toMatch(/no column "titel"; its columns are id, title/)
    })
  })

  describe('a list', () => {
    beforeAll(async () => {
      await database.run('delete from books')
      const rows = [
        { title: 'Alpha', price: 5, big: 9007199254740993n, pages: 10, changed_at: '2026-01-01T00:00:00' },
        { title: 'Beta%', price: 7.25, pages: 20, changed_at: '2026-01-02T00:00:00' },
        { title: "Gamma's _!", price: null, pages: 30, changed_at: '2026-01-03T00:00:00' },
        { title: 'Delta \\ back', price: 100, pages: 20, changed_at: null },
      ]
      for (const row of rows) await insert(row)
    })

    test.each([
      ["title eq 'Alpha'", ['Alpha']],
      ["title ne 'Alpha'", ['Beta%', "Gamma's _!", 'Delta \\ back']],
      ["title eq 'Gamma''s _!'", ["Gamma's _!"]],
      ["title eq 'Delta \\ back'", ['Delta \\ back']],
      ['price gt 5', ['Beta%', 'Delta \\ back']],
      ['price ge 5.0 and price lt 100', ['Alpha', 'Beta%']],
      ['price eq 7.25', ['Beta%']],
      ['price le 7.25', ['Alpha', 'Beta%']],
      ['price eq null', ["Gamma's _!"]],
      ['price ne null and pages eq 20', ['Beta%', 'Delta \\ back']],
      ['not (pages eq 20 or pages eq 30)', ['Alpha']],
      ['pages eq 10 or pages eq 20 and price eq 100', ['Alpha', 'Delta \\ back']],
      ['(pages eq 10 or pages eq 20) and price eq 100', ['Delta \\ back']],
      ['big eq 9007199254740993', ['Alpha']],
      ['big eq 9007199254740992', []],
      ["big eq '9007199254740993'", ['Alpha']],
      ["contains(title, 'eta%')", ['Beta%']],
      ["contains(title, '%')", ['Beta%']],
      ["contains(title, '_!')", ["Gamma's _!"]],
      ["contains(title, '\\')", ['Delta \\ back']],
      ["startswith(title, 'Al')", ['Alpha']],
      ["endswith(title, 'back')", ['Delta \\ back']],
      ["changed_at ge '2026-01-02T00:00:00'", ['Beta%', "Gamma's _!"]],
      ['"pages" EQ 10 AND NOT ("price" eq 6)', ['Alpha']],
    ])('keeps the rows where %s', async (filter, expected) => {
      expect(await titles(filter)).toEqual(expected)
    })

    test.each([
      ['name eq 1', /no column "name"/],
      ['price', /one of eq, ne/],
      ['price eq', /a value/],
      ['price eq 5 and', /a column/],
      ['(price eq 5', /"\)"/],
      ['price eq 5 price', /"and", "or"/],
      ['price gt null', /null takes eq and ne/],
      ["contains(price, '5')", /works on text only/],
      ["price eq 'cheap'", /does not fit column "price"/],
      ['price eq 5; drop table books', /cannot be read at character 11/],
      [`${'('.repeat(200)}price eq 5${')'.repeat(200)}`, /nested deeper/],
    ])('refuses the filter %s', async (filter, message) => {
      const { status, body } = await call(`/tables/books/rows${query({ filter })}`)
      expect(status).toBe(400)
      expect(body.error.message).toMatch(message)
    })

    test('is ordered, selected and cut into pages that fit together', async () => {
      const select = 'title, pages'
      const first = await call(`/tables/books/rows${query({ order: 'pages desc', select, top: 2 })}`)
      expect(first.body.value).toEqual([
        { title: "Gamma's _!", pages: 30 },
        { title: 'Beta%', pages: 20 },
      ])
      const second = await call(first.body.nextLink)
      expect(second.body).toEqual({
        value: [
          { title: 'Delta \\ back', pages: 20 },
          { title: 'Alpha', pages: 10 },
        ],
      })
    })

    test('is filtered by columns that are computed', async () => {
      await database.run('delete from order_lines')
      await database.run("insert into order_lines values (90, 'few', 3), (91, 'many', 200), (92, 'many', 1)")
      const products = async (filter: string) =>
        (await call(`/tables/totals/rows${query({ filter, order: 'product' })}`)).body.value.map(
          (row: { product: string }) => row.product,
        )
      expect(await products('total gt 50')).toEqual(['many'])
      expect(await products('total lt 50.5')).toEqual(['few'])
      expect(await products('total eq 1.5 or total eq 9')).toEqual(['few'])
    })

    test('knows a time with an offset for the moment it is, in UTC', async () => {
      // SQLite keeps and compares times as they are written.
      if (engine.name === 'sqlite') return
      const path = (await insert({ title: 'Moved', changed_at: '2026-01-05T10:00:00.5+01:00' })).id
      expect((await call(`/tables/books/rows/${path}`)).body.changed_at).toMatch(/^2026-01-05T09:00:00\.50*$/)
      expect(
        await titles("changed_at gt '2026-01-05T09:30+01:00' and changed_at lt '2026-01-05T09:01Z'"),
      ).toEqual(['Moved'])
      expect(await titles("changed_at gt '2026-01-05T10:30:00+01'")).toEqual([])
      await database.run("delete from books where title = 'Moved'")
    })

    test('refuses an integer of more than 64 bits', async () => {
      const filter = `id eq ${'9'.repeat(23)}`
      const { status, body } = await call(`/tables/books/rows${query({ filter })}`)
      // MariaDB compares it as a decimal.
      expect([status, body.value ?? []]).toEqual([engine.name === 'mysql' ? 200 : 400, []])
    })

    test('of wide rows is cut into pages that can be answered', async () => {
      await database.run(engine.wideTable)
      const pages = [await call(`/tables/wide/rows${query({ order: 'i', top: 200 })}`)]
      while (pages.at(-1)?.body.nextLink) pages.push(await call(pages.at(-1)?.body.nextLink))
      expect(pages.map(({ status }) => status)).toEqual(pages.map(() => 200))
      expect(pages.length).toBeGreaterThan(1)
      const rows = pages.flatMap(({ body }) => body.value.map((row: { i: number }) => row.i))
      expect(rows).toEqual(Array.from({ length: 150 }, (_, index) => index + 1))
      await database.run('drop table wide')
    })

    test('may be of a view', async () => {
      const { body } = await call(`/tables/titles/rows${query({ filter: "title eq 'Alpha'" })}`)
      expect(body.value).toEqual([{ id: expect.any(Number), title: 'Alpha' }])
    })

    test.each([
      { top: 0 },
      { top: 5001 },
      { top: 'x' },
      { skip: -1 },
      { order: 'nothing' },
      { order: 'title sideways' },
      { order: ',' },
      { select: 'title pages' },
    ])('refuses %j', async options => {
      expect((await call(`/tables/books/rows${query(options)}`)).status).toBe(400)
    })
  })

  describe('injection', () => {
    const attacks = [
      "'; drop table books; --",
      '"; drop table books; --',
      '`; drop table books; --',
      "\\'; drop table books; --",
      'books" union select 1 --',
      "1' or '1'='1",
      '1 or 1=1',
      'id); delete from books; --',
      '\0; drop table books',
    ]
    const survives = async () => {
      expect((await call('/tables/books/schema')).status).toBe(200)
      expect((await call('/tables/books/rows')).body.value.length).toBeGreaterThan(0)
    }

    test.each(attacks)('by names comes to nothing: %j', async attack => {
      await insert({ title: 'Still here' })
      const name = encodeURIComponent(attack)
      // PostgreSQL refuses a text with a zero byte before it looks for it.
      const unknown = attack.includes('\0') && engine.name === 'postgres' ? 400 : 404
      expect((await call(`/tables/${name}/rows`)).status).toBe(unknown)
      expect((await call(`/tables/${name}/schema`)).status).toBe(unknown)
      for (const option of ['order', 'select', 'filter'] as const)
        expect((await call(`/tables/books/rows${query({ [option]: attack })}`)).status).toBe(400)
      const quoted = `"${attack.replaceAll('"', '""')}" eq 1`
      expect((await call(`/tables/books/rows${query({ filter: quoted })}`)).status).toBe(400)
      expect((await call('/tables/books/rows', { body: { [attack]: 1 } })).status).toBe(400)
      const key = encodeURIComponent(`order_id=1,${attack}=1`)
      expect((await call(`/tables/order_lines/rows/${key}`)).status).toBe(400)
      await survives()
    })

    test.each(attacks.filter(attack => !attack.includes('\0')))(
      'by values is only a value: %j',
      async attack => {
        const { id, title } = await insert({ title: attack })
        expect(title).toBe(attack)
        expect(await titles(`title eq '${attack.replaceAll("'", "''")}'`)).toEqual([attack])
        await call(`/tables/books/rows/${id}`, { method: 'PATCH', body: { title: `${attack}!` } })
        expect((await call(`/tables/books/rows/${id}`)).body.title).toBe(`${attack}!`)
        const address = encodeURIComponent(`order_id=1,product=${encodeURIComponent(attack)}`)
        expect((await call(`/tables/order_lines/rows/${address}`)).status).toBe(404)
        expect((await call(`/tables/books/rows/${encodeURIComponent(attack)}`)).status).toBe(400)
        await survives()
        await call(`/tables/books/rows/${id}`, { method: 'DELETE' })
      },
    )

    test('a table with a hostile name is only a table', async () => {
      const { status, body } = await call(oddPath, { body: { 'a "b`c': "x' --", select: 5 } })
      expect(status).toBe(201)
      const column = '"a ""b`c"'
      const listed = await call(
        `${oddPath}${query({ filter: `${column} eq 'x'' --'`, order: `${column} desc`, select: `${column}, "select"` })}`,
      )
      expect(listed.body.value).toEqual([{ 'a "b`c': "x' --", select: 5 }])
      expect((await call(`${oddPath}/${body.id}`, { method: 'DELETE' })).status).toBe(204)
      await survives()
    })
  })

  describe('a free query', () => {
    const run = (text: string, parameters: unknown[] = []) =>
      call('/query', { body: { query: text, parameters } })

    test('reads with parameters, exactly', async () => {
      await insert({ title: 'Queried', big: 9007199254740995n })
      const text = `select title, big from books where title = ${engine.firstParameter}`
      const { status, body } = await run(text, ['Queried'])
      expect(status).toBe(200)
      expect(body).toEqual({
        value: [{ title: 'Queried', big: 9007199254740995n }],
        affectedRows: null,
        truncated: false,
      })
    })

    test('writes and says how many rows', async () => {
      await insert({ title: 'To count' })
      await insert({ title: 'To count' })
      const { body } = await run("delete from books where title = 'To count'")
      expect(body).toEqual({ value: [], affectedRows: 2, truncated: false })
    })

    test('leaves nothing in the session for the next', async () => {
      await run('begin')
      await insert({ title: 'After begin' })
      await database.run("update books set title = 'Seen by others' where title = 'After begin'")
      expect(await titles("title eq 'Seen by others'")).toEqual(['Seen by others'])
    })

    test('is one statement', async () => {
      await run('delete from notes; delete from books')
      expect((await call('/tables/books/rows')).body.value).not.toHaveLength(0)
    })

    test('returns 5000 rows at most', async () => {
      const { body } = await run(engine.numbers)
      expect(body.value).toHaveLength(5_000)
      expect(body.value[4_999]).toEqual({ i: 5_000 })
      expect(body.truncated).toBe(true)
    })

    test('returns 8 MiB at most', async () => {
      const { status, body } = await run(engine.wideRows)
      expect(status).toBe(200)
      expect(body.truncated).toBe(true)
      expect(body.value.length).toBeGreaterThan(50)
      expect(printJson(body).length).toBeLessThan(9 * 1024 * 1024)
      // The next call finds all well.
      expect((await run('select 1 as one')).body.value).toEqual([{ one: 1 }])
    })

    test('that writes is complete, also where it returns more than it may', async () => {
      await database.run(
        `${engine.wideTable}; create table copies (i integer, body ${engine.types.longText})`,
      )
      const { status, body } = await run('insert into copies select i, body from wide returning i, body')
      expect([status, body.truncated]).toEqual([200, true])
      const count = await run('select count(*) as n from copies')
      expect(count.body.value).toEqual([{ n: 150 }])
      await database.run('drop table wide; drop table copies')
    })

    test.each([
      ['a mistake', { query: 'selct 1' }],
      ['no query', { parameters: [] }],
      ['an object as parameter', { query: 'select 1', parameters: [{}] }],
      ['an unknown member', { query: 'select 1', more: 1 }],
    ])('with %s is refused', async (_what, body) => {
      const answer = await call('/query', { body })
      expect(answer.status).toBe(400)
      expect(answer.body.error.message).not.toBe('')
    })
  })

  test('an operation that does not exist is refused', async () => {
    expect((await call('/nothing')).status).toBe(404)
    expect((await call('/tables', { method: 'DELETE' })).status).toBe(405)
    expect((await call('/tables/%ff/rows')).status).toBe(400)
  })
})
