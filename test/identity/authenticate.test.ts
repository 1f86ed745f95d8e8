import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Identity } from '../../src/identity/index.ts'
import type { Store } from '../../src/store/index.ts'
import { openTestStore } from '../harness/open-test-store.ts'
import {
  bearer,
  call,
  openIdentity,
  type Person,
  password,
  person,
  signIn,
  signUp,
  tokenOf,
} from './person.ts'

const day = 86_400_000
let store: Store
let identity: Identity
let ahead = 0
const clock = { now: () => Date.now() + ahead, after: () => () => {} }

beforeAll(async () => {
  store = await openTestStore()
  identity = await openIdentity({ store, clock })
})
afterAll(() => store[Symbol.asyncDispose]())

beforeEach(() => {
  ahead = 0
})

describe('sessions', () => {
  it('know the person by cookie and by bearer token', async () => {
    const ada = await person(identity, 'ada@example.com')
    const byCookie = await identity.authenticate(new Headers({ cookie: ada.cookie }))
    const byBearer = await identity.authenticate(bearer(ada.token))
    expect(byCookie).toMatchObject({ userId: ada.id, email: 'ada@example.com', name: 'ada' })
    expect(byBearer).toEqual(byCookie)
    expect(byCookie?.expiresAt).toBeGreaterThan(Date.now() + 6 * day)
  })

  it('take the signed token of the set-auth-token header, and not the bare one that lists and the store hold', async () => {
    const answer = await call(identity, 'POST', '/sign-in/email', {
      body: { email: 'ada@example.com', password },
    })
    const signed = tokenOf(answer)
    expect(signed.startsWith(`${answer.body.token}.`)).toBe(true)
    expect(await identity.authenticate(bearer(signed))).toMatchObject({ email: 'ada@example.com' })
    expect(await identity.authenticate(bearer(answer.body.token))).toBeNull()
    const asked = (token: string) =>
      call(identity, 'GET', '/get-session', { headers: { authorization: `Bearer ${token}` } })
    expect((await asked(signed)).body.user.id).toBe(answer.body.user.id)
    expect((await asked(answer.body.token)).body).toBeNull()
  })

  it('begin with the right password only, and say nothing of which part was wrong', async () => {
    const wrong = await call(identity, 'POST', '/sign-in/email', {
      body: { email: 'ada@example.com', password: 'not this one' },
    })
    const nobody = await call(identity, 'POST', '/sign-in/email', {
      body: { email: 'nobody@example.com', password: 'not this one' },
    })
    expect([wrong.status, nobody.status]).toEqual([401, 401])
    expect(wrong.body).toEqual(nobody.body)
  })

  it('end with sign-out, at once and also where they were just used', async () => {
    const ada = await signIn(identity, 'ada@example.com')
    const actor = await identity.authenticate(new Headers({ cookie: ada.cookie }))
    expect(await identity.isLive(actor!)).toBe(true)
    const out = await call(identity, 'POST', '/sign-out', { headers: { cookie: ada.cookie } })
    expect(out.status).toBe(200)
    expect(await identity.authenticate(new Headers({ cookie: ada.cookie }))).toBeNull()
    expect(await identity.authenticate(bearer(ada.token))).toBeNull()
    expect(await identity.isLive(actor!)).toBe(false)
  })

  it('behind https have a cookie that only https and no script gets', async () => {
    const secure = await openIdentity({ store, publicUrl: 'https://hub.example.com', secureCookies: true })
    const answer = await call(secure, 'POST', '/sign-in/email', {
      body: { email: 'ada@example.com', password },
      headers: { origin: 'https://hub.example.com' },
    })
    const [cookie = ''] = answer.headers.getSetCookie()
    expect(cookie).toMatch(/^__Secure-.*; HttpOnly; Secure; SameSite=Lax/i)
    const [pair = ''] = cookie.split(';')
    expect(await secure.authenticate(new Headers({ cookie: pair }))).toMatchObject({
      email: 'ada@example.com',
    })
  })

  it('that another instance ended are known to be dead by isLive', async () => {
    const elsewhere = await openIdentity({ store })
    const ada = await signIn(identity, 'ada@example.com')
    const actor = await identity.authenticate(bearer(ada.token))
    await call(elsewhere, 'POST', '/sign-out', { headers: { cookie: ada.cookie } })
    expect(await identity.isLive(actor!)).toBe(false)
  })

  it('end by the clock', async () => {
    const ada = await signIn(identity, 'ada@example.com')
    const actor = await identity.authenticate(bearer(ada.token))
    ahead = 8 * day
    expect(await identity.authenticate(bearer(ada.token))).toBeNull()
    expect(await identity.isLive(actor!)).toBe(false)
  })

  it('are remembered for seconds only', async () => {
    const ada = await signIn(identity, 'ada@example.com')
    const actor = await identity.authenticate(bearer(ada.token))
    await store.pool.query('delete from session where id = $1', [actor!.sessionId.replace('session:', '')])
    expect(await identity.authenticate(bearer(ada.token))).toEqual(actor)
    ahead = 16_000
    expect(await identity.authenticate(bearer(ada.token))).toBeNull()
  })
})

describe('forged credentials', () => {
  it.each([
    ['no header', {}],
    ['an empty bearer', { authorization: 'Bearer ' }],
    ['a made-up bearer', { authorization: 'Bearer abcdefghijklmnopqrstuvwxyz012345' }],
    ['another scheme', { authorization: 'Basic YWRhOmFkYQ==' }],
    ['a made-up key', { 'x-api-key': `junctor_${'a'.repeat(64)}` }],
    ['a made-up key as bearer', { authorization: `Bearer junctor_${'a'.repeat(64)}` }],
    ['a short key', { 'x-api-key': 'junctor_' }],
    ['an unsigned cookie', { cookie: 'junctor.session_token=abcdefghijklmnopqrstuvwxyz012345' }],
  ])('%s is nobody', async (_, headers) => {
    expect(await identity.authenticate(new Headers(headers as Record<string, string>))).toBeNull()
  })

  it('a cookie or a signed token with any character changed is nobody', async () => {
    const ada = await signIn(identity, 'ada@example.com')
    const [name = '', value = ''] = ada.cookie.split(/=(.*)/s)
    const signed = decodeURIComponent(value)
    for (let at = 0; at < signed.length - 2; at += 5) {
      const other = signed[at] === 'A' ? 'B' : 'A'
      const forged = signed.slice(0, at) + other + signed.slice(at + 1)
      const cookie = `${name}=${encodeURIComponent(forged)}`
      expect(await identity.authenticate(new Headers({ cookie })), `character ${at}`).toBeNull()
      expect(await identity.authenticate(bearer(forged)), `character ${at}`).toBeNull()
    }
  })

  it('a wrong explicit credential is not rescued by a good cookie', async () => {
    const ada = await signIn(identity, 'ada@example.com')
    const headers = new Headers({ cookie: ada.cookie, authorization: 'Bearer nonsense' })
    expect(await identity.authenticate(headers)).toBeNull()
  })

  it('a session that another hub signed is nobody', async () => {
    const { secret } = await import('../../src/secret.ts')
    const other = await openIdentity({
      store,
      signingSecret: secret('quite another signing secret of a hub'),
    })
    const ada = await signIn(other, 'ada@example.com')
    expect(await identity.authenticate(new Headers({ cookie: ada.cookie }))).toBeNull()
  })
})

describe('API keys', () => {
  let bob: Person
  const create = (body: object = {}) =>
    call(identity, 'POST', '/api-key/create', { body, headers: { cookie: bob.cookie } })

  beforeAll(async () => {
    bob = await person(identity, 'bob@example.com')
  })

  it('stand for their person until they are deleted', async () => {
    const { status, body } = await create({ name: 'laptop' })
    expect(status).toBe(200)
    expect(body.key).toMatch(/^junctor_[\w-]{64}$/)
    const byHeader = await identity.authenticate(new Headers({ 'x-api-key': body.key }))
    expect(byHeader).toMatchObject({ userId: bob.id, sessionId: `key:${body.id}` })
    expect(await identity.authenticate(bearer(body.key))).toEqual(byHeader)
    expect(await identity.isLive(byHeader!)).toBe(true)

    const deleted = await call(identity, 'POST', '/api-key/delete', {
      body: { keyId: body.id },
      headers: { cookie: bob.cookie },
    })
    expect(deleted.status).toBe(200)
    expect(await identity.authenticate(new Headers({ 'x-api-key': body.key }))).toBeNull()
    expect(await identity.authenticate(bearer(body.key))).toBeNull()
    expect(await identity.isLive(byHeader!)).toBe(false)
  })

  it('are stored as a hash', async () => {
    const { body } = await create({ name: 'hashed' })
    const { rows } = await store.pool.query('select row_to_json(apikey)::text as line from apikey')
    expect(rows.some(row => row.line.includes(body.id))).toBe(true)
    expect(rows.some(row => row.line.includes(body.key))).toBe(false)
  })

  it('keep the recognisable prefix whatever the caller asks for', async () => {
    const { body } = await create({ name: 'prefix', prefix: 'other_' })
    expect(body.key).toMatch(/^junctor_/)
  })

  it('outlast many uses: the plug-in’s own limit is off', async () => {
    const { body } = await create({ name: 'busy' })
    for (let use = 0; use < 15; use++) {
      ahead += 16_000
      expect(await identity.authenticate(bearer(body.key)), `use ${use}`).not.toBeNull()
    }
  })

  it('end when they expire', async () => {
    const { body } = await create({ name: 'short', expiresIn: 2 * 86_400 })
    const actor = await identity.authenticate(bearer(body.key))
    expect(actor?.expiresAt).toBeLessThan(Date.now() + 3 * day)
    ahead = 2 * day + 1000
    expect(await identity.authenticate(bearer(body.key))).toBeNull()
  })

  it('work in the organization that their metadata names, where the person is a member', async () => {
    const made = await call(identity, 'POST', '/organization/create', {
      body: { name: 'Works', slug: 'works' },
      headers: { cookie: bob.cookie },
    })
    const inside = await create({ name: 'works', metadata: { organizationId: made.body.id } })
    expect((await identity.authenticate(bearer(inside.body.key)))?.organizationId).toBe(made.body.id)
    const outside = await create({ name: 'foreign', metadata: { organizationId: 'somebody-elses' } })
    const actor = await identity.authenticate(bearer(outside.body.key))
    expect(actor?.organizationIds).toContain(actor?.organizationId)
  })

  it('are not made for somebody else by a body userId (CVE-2025-61928)', async () => {
    const anonymous = await call(identity, 'POST', '/api-key/create', { body: { userId: bob.id, name: 'x' } })
    expect(anonymous.status).toBe(401)
    const update = await call(identity, 'POST', '/api-key/update', {
      body: { userId: bob.id, keyId: 'any', name: 'x' },
    })
    expect(update.status).toBe(401)
    const eve = await person(identity, 'eve@example.com')
    const signedIn = await call(identity, 'POST', '/api-key/create', {
      body: { userId: bob.id, name: 'x' },
      headers: { cookie: eve.cookie },
    })
    expect(signedIn.status).toBe(401)
  })

  it('cannot make keys or change accounts', async () => {
    const { body } = await create({ name: 'limited' })
    const more = await call(identity, 'POST', '/api-key/create', {
      body: { name: 'offspring' },
      headers: { 'x-api-key': body.key },
    })
    expect(more.status).toBe(403)
    expect(more.body.message).toContain('Sign in')
  })

  it.each([
    '/list-sessions',
    '/list-accounts',
    '/api-key/list',
    '/organization/list',
    '/organization/get-full-organization',
    '//list-sessions',
    '/get-session/../list-sessions',
  ])('read nothing at %s', async path => {
    const { body } = await create({ name: 'curious' })
    const answer = await call(identity, 'GET', path, { headers: { 'x-api-key': body.key } })
    expect(answer.status).toBe(403)
    expect(answer.body).toEqual({ code: 'FORBIDDEN', message: expect.stringContaining('Sign in') })
    const asBearer = await call(identity, 'GET', path, { headers: { authorization: `Bearer ${body.key}` } })
    expect(asBearer.status).toBeGreaterThanOrEqual(400)
  })

  it('learn whom they stand for, and no token', async () => {
    const { body } = await create({ name: 'asking' })
    const answer = await call(identity, 'GET', '/get-session', { headers: { 'x-api-key': body.key } })
    expect(answer.body.user.id).toBe(bob.id)
    expect(answer.body.session.userId).toBe(bob.id)
    expect(answer.body.session).not.toHaveProperty('token')
    expect([...answer.headers.keys()]).not.toContain('set-auth-token')
    const wrong = await call(identity, 'GET', '/get-session', {
      headers: { 'x-api-key': `junctor_${'a'.repeat(64)}` },
    })
    expect(wrong.status).toBeGreaterThanOrEqual(400)
  })

  it('are deleted by their own person only', async () => {
    const { body } = await create({ name: 'mine' })
    const mallory = await person(identity, 'mallory@example.com')
    const answer = await call(identity, 'POST', '/api-key/delete', {
      body: { keyId: body.id },
      headers: { cookie: mallory.cookie },
    })
    expect(answer.status).toBe(404)
    expect(await identity.authenticate(bearer(body.key))).not.toBeNull()
  })
})

describe('requests of other sites', () => {
  it('are refused where they carry the cookie', async () => {
    const ada = await signIn(identity, 'ada@example.com')
    const foreign = await call(identity, 'POST', '/sign-out', {
      headers: { cookie: ada.cookie, origin: 'https://evil.example' },
    })
    expect(foreign.status).toBe(403)
    const near = await call(identity, 'POST', '/sign-out', {
      headers: { cookie: ada.cookie, origin: 'http://localhost:4001' },
    })
    expect(near.status).toBe(403)
    expect(await identity.authenticate(bearer(ada.token))).not.toBeNull()
  })

  it('are welcome from the loopback names of a loopback hub', async () => {
    const ada = await signIn(identity, 'ada@example.com')
    const answer = await call(identity, 'POST', '/sign-out', {
      headers: { cookie: ada.cookie, origin: 'http://127.0.0.1:4000' },
    })
    expect(answer.status).toBe(200)
  })
})

describe('attempts', () => {
  it('are counted by the address of the peer, not by what a header says', async () => {
    const limit = { window: 60, max: 3 }
    const strict = await openIdentity({
      store,
      clock,
      limits: { signIn: limit, signUp: limit, other: { window: 60, max: 100 } },
    })
    const attempt = (address: string, index: number) =>
      call(strict, 'POST', '/sign-in/email', {
        body: { email: 'ada@example.com', password: 'guess' },
        headers: { 'x-forwarded-for': `203.0.113.${index}`, 'x-junctor-address': `203.0.113.${index}` },
        address,
      })
    const statuses: number[] = []
    for (let index = 0; index < 5; index++) statuses.push((await attempt('192.0.2.7', index)).status)
    expect(statuses).toEqual([401, 401, 401, 429, 429])
    expect((await attempt('192.0.2.8', 0)).status).toBe(401)
    ahead = 61_000
    expect((await attempt('192.0.2.7', 0)).status).toBe(401)
  })
})

describe('the first sign-up and the fields of an account', () => {
  it('the person who came first administers the hub, and nobody else', async () => {
    const ada = await signIn(identity, 'ada@example.com')
    const bob = await signIn(identity, 'bob@example.com')
    expect((await identity.authenticate(bearer(ada.token)))?.admin).toBe(true)
    expect((await identity.authenticate(bearer(bob.token)))?.admin).toBe(false)
  })

  it('admin is not taken from input, at sign-up or later', async () => {
    const answer = await signUp(identity, 'zoe@example.com', { admin: true })
    if (answer.status === 200) {
      expect((await identity.authenticate(bearer(tokenOf(answer))))?.admin).toBe(false)
    } else expect(answer.status).toBe(400)
    const bob = await signIn(identity, 'bob@example.com')
    await call(identity, 'POST', '/update-user', { body: { admin: true }, headers: { cookie: bob.cookie } })
    const { rows } = await store.pool.query('select email from "user" where admin')
    expect(rows).toEqual([{ email: 'ada@example.com' }])
  })
})
