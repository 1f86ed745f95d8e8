import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Connections, createVault, type OpenConnection } from '../../src/connections/index.ts'
import { JunctorError } from '../../src/errors.ts'
import type { Actor } from '../../src/identity/index.ts'
import type { JsonObject } from '../../src/json.ts'
import { definitions, type House, newKey, openHouse, outcome, refusal, shipped } from './house.ts'

let house: House
let connections: Connections
let ada: Actor
let made = 0
beforeAll(async () => {
  house = await openHouse()
  connections = house.connections
})
beforeEach(async () => {
  ada = await house.person()
})
afterAll(() => house[Symbol.asyncDispose]())

const create = (connector: string, parameters: JsonObject = {}, rest: object = {}) =>
  connections.create(ada, { connector, name: `Connection ${made++}`, parameters, ...rest })
const crm = (rest: object = {}) => create('crm', { api_key: 'key' }, rest)

describe('creating', () => {
  it('keeps secrets apart and shows only that they are set', async () => {
    const connection = await create('crm', { api_key: 'planted', region: 'eu' })
    expect(connection).toMatchObject({
      connector: 'crm',
      authentication: 'api_key',
      ownerId: ada.userId,
      organizationId: ada.organizationId,
      parameters: { region: 'eu' },
      secretNames: ['api_key'],
      status: 'ACTIVE',
      lastUsedAt: null,
      lastTest: null,
    })
    expect(JSON.stringify(connection)).not.toContain('planted')
    const opened = await connections.open(ada, connection.id)
    expect(opened.secrets.api_key?.reveal()).toBe('planted')
    expect(opened.authentication.kind).toBe('API_KEY')
  })

  it.each<[string, string, JsonObject, RegExp]>([
    [
      'an unknown parameter',
      'crm',
      { api_key: 'k', color: 'red' },
      /^CREDENTIAL_INVALID.*"color".*api_key, region/,
    ],
    ['a parameter named like a prototype', 'crm', { api_key: 'k', constructor: 'x' }, /^CREDENTIAL_INVALID/],
    ['a missing parameter', 'crm', {}, /^CREDENTIAL_INVALID.*"api_key" \(API key\) is missing/],
    ['an empty required parameter', 'crm', { api_key: '' }, /^CREDENTIAL_INVALID.*is missing/],
    ['a null required parameter', 'crm', { api_key: null }, /^CREDENTIAL_INVALID.*is missing/],
    ['a number for a string', 'crm', { api_key: 5 }, /^CREDENTIAL_INVALID.*must be a string/],
    ['an object for a string', 'crm', { api_key: { $ne: 1 } }, /^CREDENTIAL_INVALID.*must be a string/],
    ['far too long a value', 'crm', { api_key: 'k'.repeat(70_000) }, /^CREDENTIAL_INVALID.*longer/],
    ['a NUL', 'crm', { api_key: 'a\0b' }, /^CREDENTIAL_INVALID.*NUL/],
    [
      'an integer that JSON numbers cannot hold',
      'typed',
      { port: 2n ** 60n },
      /^CREDENTIAL_INVALID.*integer/,
    ],
    ['a fraction for an integer', 'typed', { port: 1.5 }, /^CREDENTIAL_INVALID.*"port".*integer/],
    ['text for a truth value', 'typed', { port: 1, tls: 'yes' }, /^CREDENTIAL_INVALID.*"tls".*true or false/],
    ['a value that is no option', 'typed', { port: 1, size: 'm' }, /^CREDENTIAL_INVALID.*one of s, l/],
    ['a parameter where none is taken', 'weather', { key: 'k' }, /^CREDENTIAL_INVALID.*takes none/],
    ['no choice among several ways', 'shop', {}, /^BAD_INPUT.*api_key, basic/],
    ['OAuth', 'consent', {}, /^AUTHENTICATION_UNSUPPORTED.*OAuth/],
    ['a connector that is not there', 'nothing', {}, /^CONNECTOR_NOT_FOUND.*"nothing"/],
  ])('refuses %s', async (_, connector, parameters, sentence) => {
    expect(await refusal(create(connector, parameters))).toMatch(sentence)
  })

  it('never repeats a value in a refusal', async () => {
    for (const parameters of [{ api_key: 'planted', x: 1 }, { api_key: 'planted'.repeat(10_000) }])
      expect(await refusal(create('crm', parameters))).not.toContain('planted')
  })

  it('chooses the named authentication, and refuses a name that is none', async () => {
    const parameters = { username: 'u', password: 'p' }
    const connection = await create('shop', parameters, { authentication: 'basic' })
    expect(connection).toMatchObject({ authentication: 'basic', secretNames: ['password'] })
    expect(await refusal(create('shop', parameters, { authentication: 'magic' }))).toMatch(
      /^BAD_INPUT.*"magic".*api_key, basic/,
    )
  })

  it('fills in defaults', async () => {
    expect((await create('typed', { port: 22 })).parameters).toEqual({ port: 22, tls: true })
  })

  it.each([
    ['ftp://host', /begins with http/],
    ['not a url', /begins with http/],
    ['https://user:planted@host', /user name or password/],
    ['https://host/?token=planted', /without a query/],
    ['https://host/#x', /without a query/],
    ['https://host?', /without a query/],
  ])('refuses the base URL %s', async (baseUrl, sentence) => {
    const refused = await refusal(crm({ baseUrl }))
    expect(refused).toMatch(/^BAD_INPUT/)
    expect(refused).toMatch(sentence)
    expect(refused).not.toContain('planted')
  })

  it('keeps a base URL without its trailing slash', async () => {
    expect((await crm({ baseUrl: 'http://Git.example.com:8080/api/' })).baseUrl).toBe(
      'http://git.example.com:8080/api',
    )
    expect((await crm({ baseUrl: 'https://host/' })).baseUrl).toBe('https://host')
  })

  it.each(['', '   ', 'x'.repeat(101), 'two\nlines', '01980000-0000-7000-8000-000000000000'])(
    'refuses the name %j',
    async name => {
      expect(await refusal(crm({ name }))).toMatch(/^BAD_INPUT.*name/)
    },
  )

  it('gives a name once in an organization and connector, of many at once', async () => {
    const name = 'Contested'
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => outcome(crm({ name }))))
    expect(outcomes.filter(code => code === 'OK')).toHaveLength(1)
    expect(outcomes.filter(code => code === 'CONFLICT')).toHaveLength(11)
    expect(await outcome(create('weather', {}, { name }))).toBe('OK')
    const elsewhere = await house.person('elsewhere')
    const input = { connector: 'crm', name, parameters: { api_key: 'k' } }
    expect(await outcome(connections.create(elsewhere, input))).toBe('OK')
  })
})

describe('changing', () => {
  it('replaces what is given and leaves the rest', async () => {
    const { id } = await create('crm', { api_key: 'old', region: 'eu' })
    await connections.update(ada, id, { parameters: { api_key: 'new' } })
    const renamed = await connections.update(ada, id, { name: 'Renamed by update', baseUrl: 'https://own' })
    expect(renamed).toMatchObject({ name: 'Renamed by update', parameters: { region: 'eu' } })
    const opened = await connections.open(ada, id)
    expect(opened.secrets.api_key?.reveal()).toBe('new')
    expect(opened.baseUrl).toBe('https://own')
    const cleared = await connections.update(ada, id, { parameters: { region: null }, baseUrl: null })
    expect(cleared).toMatchObject({ parameters: {}, baseUrl: null, secretNames: ['api_key'] })
  })

  it('tells, with the change and only if that is made, that it leads elsewhere or by another credential', async () => {
    const told: string[] = []
    const moved: Parameters<typeof house.room>[0] = { moved: async (_db, id) => void told.push(id) }
    const room = house.room(moved)
    const { id } = await create('crm', { api_key: 'old', region: 'eu' })
    const tells = async (input: Parameters<typeof room.update>[2]) => {
      told.length = 0
      await room.update(ada, id, input)
      return told.length
    }
    expect(await tells({ name: 'Told', disabled: true })).toBe(0)
    expect(await tells({ disabled: false, parameters: { region: 'eu' }, baseUrl: null })).toBe(0)
    expect(await tells({ parameters: { api_key: 'new' } })).toBe(1)
    expect(await tells({ parameters: { region: 'us' } })).toBe(1)
    expect(await tells({ baseUrl: 'https://own' })).toBe(1)
    expect(told).toEqual([id])
    const broken = house.room({ moved: () => Promise.reject(new Error('no')) })
    await expect(broken.update(ada, id, { parameters: { api_key: 'newest' } })).rejects.toThrow('no')
    expect((await connections.open(ada, id)).secrets.api_key?.reveal()).toBe('new')
  })

  it('refuses what creating refuses, and a name that is taken', async () => {
    const [one, two] = [await crm(), await crm()]
    expect(await outcome(connections.update(ada, one.id, { parameters: { color: 'red' } }))).toBe(
      'CREDENTIAL_INVALID',
    )
    expect(await outcome(connections.update(ada, one.id, { parameters: { api_key: null } }))).toBe(
      'CREDENTIAL_INVALID',
    )
    expect(await outcome(connections.update(ada, one.id, { baseUrl: 'x' }))).toBe('BAD_INPUT')
    expect(await outcome(connections.update(ada, one.id, { name: two.name }))).toBe('CONFLICT')
    expect((await connections.open(ada, one.id)).secrets.api_key?.reveal()).toBe('key')
  })

  it('gives one of two connections that are renamed to the same name at once', async () => {
    const both = [await crm(), await crm()]
    const outcomes = await Promise.all(
      both.map(({ id }) => outcome(connections.update(ada, id, { name: 'Wanted by two' }))),
    )
    expect(outcomes.sort()).toEqual(['CONFLICT', 'OK'])
  })

  it('disables and enables', async () => {
    const { id, name } = await crm()
    await connections.update(ada, id, { disabled: true })
    expect(await refusal(connections.open(ada, id))).toMatch(`CONNECTION_INACTIVE: The connection "${name}"`)
    expect(await outcome(connections.open(null, id))).toBe('CONNECTION_INACTIVE')
    expect(await outcome(connections.test(ada, id))).toBe('CONNECTION_INACTIVE')
    await connections.update(ada, id, { disabled: false })
    expect(await outcome(connections.open(ada, id))).toBe('OK')
  })

  it('enables to what it was, whatever was disabled how often', async () => {
    const { id } = await crm()
    await connections.needsAuthorization(id, 'The API answered 401.')
    await connections.update(ada, id, { disabled: true })
    await connections.update(ada, id, { disabled: true, parameters: { region: 'eu' } })
    expect(await connections.get(ada, id)).toMatchObject({
      status: 'DISABLED',
      statusReason: 'It was disabled.',
    })
    expect(await connections.update(ada, id, { disabled: false })).toMatchObject({
      status: 'NEEDS_AUTHORIZATION',
      statusReason: 'The API answered 401.',
    })
    await connections.update(ada, id, { disabled: true })
    await connections.update(ada, id, { parameters: { api_key: 'fresh' } })
    expect(await connections.get(ada, id)).toMatchObject({ status: 'DISABLED' })
    expect(await connections.update(ada, id, { disabled: false })).toMatchObject({
      status: 'ACTIVE',
      statusReason: null,
    })
  })

  it('says why a connection needs authorization, until a new credential comes', async () => {
    const { id } = await crm()
    await connections.needsAuthorization(id, 'The API answered 401.')
    expect(await refusal(connections.open(ada, id))).toMatch(/NEEDS_AUTHORIZATION\. The API answered 401\./)
    await connections.update(ada, id, { parameters: { api_key: 'fresh' } })
    expect(await outcome(connections.open(ada, id))).toBe('OK')
  })
})

describe('deleting', () => {
  it('leaves nothing: no credential, no default, no grant', async () => {
    const { id } = await crm()
    await connections.grant(ada, id, { kind: 'ORGANIZATION', id: house.organization }, 'USE')
    await connections.delete(ada, id)
    expect(await outcome(connections.get(ada, id))).toBe('CONNECTION_NOT_FOUND')
    for (const table of [
      'credential where connection_id::text',
      'connection_default where connection_id::text',
    ])
      expect((await house.store.pool.query(`select * from ${table} = $1`, [id])).rows).toEqual([])
    const left = await house.store.pool.query('select * from access_grant where resource_id = $1', [id])
    expect(left.rows).toEqual([])
  })

  it('and granting at once leaves no grant behind', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await crm()
      await Promise.allSettled([
        connections.grant(ada, id, { kind: 'ORGANIZATION', id: house.organization }, 'USE'),
        connections.delete(ada, id),
      ])
      await connections.delete(ada, id).catch(() => undefined)
      const left = await house.store.pool.query('select * from access_grant where resource_id = $1', [id])
      expect(left.rows).toEqual([])
    }
  })
})

describe('opening', () => {
  it('writes when it was used at most once a minute', async () => {
    let now = Date.parse('2030-01-01T00:00:00Z')
    const room = house.room({ clock: { now: () => now, after: () => () => {} } })
    const { id } = await crm()
    const used = async () => (await connections.get(ada, id)).lastUsedAt?.toISOString()
    await room.open(ada, id)
    expect(await used()).toBe('2030-01-01T00:00:00.000Z')
    now += 59_000
    await room.open(ada, id)
    expect(await used()).toBe('2030-01-01T00:00:00.000Z')
    now += 1_000
    await room.open(null, id)
    expect(await used()).toBe('2030-01-01T00:01:00.000Z')
  })

  it('never takes a new credential to the old address', async () => {
    const { id } = await create('crm', { api_key: 'for-old' }, { baseUrl: 'https://old.example' })
    let meanwhile: (() => Promise<unknown>) | null = () =>
      connections.update(ada, id, { baseUrl: 'https://new.example', parameters: { api_key: 'for-new' } })
    const room = house.room({
      connectors: {
        serving: shipped,
        async get() {
          const change = meanwhile
          meanwhile = null
          await change?.()
          return definitions.get('crm') ?? null
        },
      },
    })
    const { baseUrl, secrets } = await room.open(ada, id)
    expect([baseUrl, secrets.api_key?.reveal()]).toEqual(['https://old.example', 'for-old'])
    const next = await room.open(ada, id)
    expect([next.baseUrl, next.secrets.api_key?.reveal()]).toEqual(['https://new.example', 'for-new'])
  })

  it('fails where a credential was moved from another connection', async () => {
    const [one, two] = [await create('crm', { api_key: 'one' }), await create('crm', { api_key: 'two' })]
    await house.store.pool.query(
      `update credential set sealed = (select sealed from credential where connection_id = $1)
       where connection_id = $2`,
      [one.id, two.id],
    )
    expect(await outcome(connections.open(ada, two.id))).toBe('SEAL_BROKEN')
    expect(await outcome(connections.open(ada, one.id))).toBe('OK')
  })
})

describe('testing', () => {
  const at = new Date('2030-01-01T00:00:00Z')
  const clock = { now: () => at.getTime(), after: () => () => {} }

  it('hands the open connection over and remembers the outcome', async () => {
    const { id } = await create('crm', { api_key: 'planted' })
    const seen: OpenConnection[] = []
    const room = house.room({
      clock,
      tester: async (definition, open) => {
        seen.push(open)
        return { ok: false, status: 403, message: `${definition.name} said no.` }
      },
    })
    const test = { ok: false, status: 403, message: 'crm said no.', at }
    expect(await room.test(ada, id)).toEqual(test)
    expect(seen[0]?.secrets.api_key?.reveal()).toBe('planted')
    expect((await connections.get(ada, id)).lastTest).toEqual(test)
  })

  it('takes an error of the call for the outcome', async () => {
    const { id } = await crm()
    const tester = async () => {
      throw new JunctorError('UPSTREAM_ERROR', 'It answered 500.', { details: { http: { status: 500 } } })
    }
    expect(await house.room({ clock, tester }).test(ada, id)).toEqual({
      ok: false,
      status: 500,
      message: 'It answered 500.',
      at,
    })
  })

  it.each([
    ['was disabled', { disabled: true }, 'DISABLED'],
    ['got another credential, which is refused', { parameters: { api_key: 'bad' } }, 'NEEDS_AUTHORIZATION'],
  ] as const)('says nothing of a connection that %s meanwhile', async (_what, change, status) => {
    const { id } = await crm()
    await connections.needsAuthorization(id, 'The API answered 401.')
    const tester = async () => {
      await connections.update(ada, id, change)
      await connections.needsAuthorization(id, 'The API answered 401 again.')
      return { ok: true, status: 200, message: null }
    }
    expect(await house.room({ tester, clock }).test(ada, id)).toMatchObject({ ok: true })
    expect(await connections.get(ada, id)).toMatchObject({ status, lastTest: null })
  })

  it('revives a connection that needed authorization, when it succeeds', async () => {
    const { id } = await crm()
    await connections.needsAuthorization(id, 'The API answered 401.')
    await connections.test(ada, id)
    expect(await connections.get(ada, id)).toMatchObject({ status: 'ACTIVE', statusReason: null })
  })
})

describe('lists', () => {
  it('page through everything once, also while connections are added', async () => {
    const ids: string[] = []
    for (let index = 0; index < 7; index++) ids.push((await crm()).id)
    await create('weather')
    const seen: string[] = []
    let after: string | null = null
    do {
      const page = await connections.list(ada, { connector: 'crm', first: 3, after })
      seen.push(...page.nodes.map(({ id }) => id))
      after = page.hasNextPage ? page.endCursor : null
      if (seen.length === 3) {
        expect(page.totalCount).toBe(7)
        ids.push((await crm()).id)
      }
    } while (after !== null)
    expect(seen).toEqual([...ids].sort())
  })

  it('refuse what is no page', async () => {
    for (const first of [-1, 501, 1.5])
      expect(await outcome(connections.list(ada, { first }))).toBe('BAD_INPUT')
    for (const after of ['x', '', Buffer.from("' or 1=1").toString('base64url')])
      expect(await outcome(connections.list(ada, { after }))).toBe('CURSOR_INVALID')
    expect(await connections.list(ada, { first: 0 })).toMatchObject({ nodes: [], endCursor: null })
  })
})

describe('the store', () => {
  it('has no secret in plain in any table', async () => {
    const canary = 'canary-7f3a9c51'
    const { id } = await create('crm', { api_key: canary, region: 'seen-in-plain' })
    await connections.update(ada, id, { parameters: { api_key: `${canary}-2` } })
    await connections.test(ada, id)
    const tables = await house.store.pool.query(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    let dump = ''
    for (const { name } of tables.rows)
      dump += (await house.store.pool.query(`select string_agg(t::text, ' ') as text from ${name} t`)).rows[0]
        .text
    expect(dump).toContain('seen-in-plain')
    expect(dump).toContain(id)
    for (const form of [canary, Buffer.from(canary).toString('base64'), Buffer.from(canary).toString('hex')])
      expect(dump).not.toContain(form.replace(/=+$/, ''))
  })

  it('seals again with a new key while everything opens, and says what it cannot open', async () => {
    const made = [await create('crm', { api_key: 'a' }), await create('crm', { api_key: 'b' })]
    const lost = await create('crm', { api_key: 'c' })
    await house.store.pool.query(`update credential set sealed = 'v1.lost.x.y.z' where connection_id = $1`, [
      lost.id,
    ])
    // More than a batch.
    for (let index = 0; index < 110; index++) await create('crm', { api_key: String(index) })
    const next = newKey('next_%')
    const rotated = house.room({ vault: createVault([next, ...house.keys]) })
    const rotation = rotated.reseal()
    expect((await rotated.open(null, made[1]!.id)).secrets.api_key?.reveal()).toBe('b')
    const { resealed, broken } = await rotation
    expect(broken).toContain(lost.id)
    const { rows } = await house.store.pool.query('select connection_id as id, sealed from credential')
    const stale = rows.filter(({ sealed }) => !sealed.startsWith('v1.next_%.'))
    expect(stale.map(({ id }) => id).sort()).toEqual([...broken].sort())
    expect(resealed).toBe(rows.length - stale.length)
    expect(resealed).toBeGreaterThan(110)
    const without = house.room({ vault: createVault([next]) })
    expect((await without.open(null, made[0]!.id)).secrets.api_key?.reveal()).toBe('a')
    expect(await rotated.reseal()).toMatchObject({ resealed: 0 })
  })
})
