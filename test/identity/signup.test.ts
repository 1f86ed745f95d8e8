import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Identity } from '../../src/identity/index.ts'
import type { Store } from '../../src/store/index.ts'
import { openTestStore } from '../harness/open-test-store.ts'
import { bearer, call, openIdentity, type Person, person, signIn, signUp } from './person.ts'

let store: Store
beforeEach(async () => {
  store = await openTestStore()
})
afterEach(() => store[Symbol.asyncDispose]())

const count = async (where = 'true') =>
  Number((await store.pool.query(`select count(*) from "user" where ${where}`)).rows[0].count)

describe('signup: first', () => {
  it('makes the first person the administrator and refuses the second with a sentence', async () => {
    const identity = await openIdentity({ store, signup: 'first' })
    expect(await identity.signupOpen()).toBe(true)
    const ada = await person(identity, 'ada@example.com')
    expect(await identity.authenticate(bearer(ada.token))).toMatchObject({ admin: true })
    expect(await identity.signupOpen()).toBe(false)
    const second = await signUp(identity, 'bob@example.com')
    expect(second.status).toBe(403)
    expect(second.body).toMatchObject({
      code: 'SIGNUP_CLOSED',
      message: expect.stringMatching(/invite.*\.$/),
    })
    expect(await count()).toBe(1)
  })

  it('does not tell a stranger which addresses have accounts', async () => {
    const identity = await openIdentity({ store, signup: 'first' })
    await person(identity, 'ada@example.com')
    const known = await signUp(identity, 'ada@example.com')
    const unknown = await signUp(identity, 'bob@example.com')
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body])
  })

  it('lets one of many simultaneous first sign-ups pass, over two instances', async () => {
    const instances = [
      await openIdentity({ store, signup: 'first' }),
      await openIdentity({ store, signup: 'first' }),
    ]
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        signUp(instances[index % 2]!, `person${index}@example.com`, {}),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(23)
    expect(await count()).toBe(1)
    expect(await count('admin')).toBe(1)
  })
})

describe('signup: open', () => {
  it('lets everybody in, and makes one administrator even of simultaneous sign-ups', async () => {
    const identity = await openIdentity({ store, signup: 'open' })
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => signUp(identity, `person${index}@example.com`)),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200))
    expect(await count()).toBe(12)
    expect(await count('admin')).toBe(1)
    expect(await identity.signupOpen()).toBe(true)
  })

  it('refuses the same address twice, also at once', async () => {
    const identity = await openIdentity({ store, signup: 'open' })
    await person(identity, 'first@example.com')
    const answers = await Promise.all([1, 2, 3].map(() => signUp(identity, 'twin@example.com')))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422])
    expect(await count(`email = 'twin@example.com'`)).toBe(1)
  })
})

describe('signup: closed', () => {
  it('refuses even the first', async () => {
    const identity = await openIdentity({ store, signup: 'closed' })
    expect(await identity.signupOpen()).toBe(false)
    expect((await signUp(identity, 'ada@example.com')).status).toBe(403)
    expect(await count()).toBe(0)
  })
})

describe('invited people', () => {
  let identity: Identity
  let ada: Person
  const as = (who: Person) => ({ headers: { cookie: who.cookie } })

  beforeEach(async () => {
    identity = await openIdentity({ store, signup: 'first' })
    ada = await person(identity, 'ada@example.com')
  })

  it('may sign up when it is closed, join the organization and its team, and leave again', async () => {
    const made = await call(identity, 'POST', '/organization/create', {
      body: { name: 'Works', slug: 'works' },
      ...as(ada),
    })
    const organizationId = made.body.id
    const team = await call(identity, 'POST', '/organization/create-team', {
      body: { name: 'Night shift', organizationId },
      ...as(ada),
    })
    const invited = await call(identity, 'POST', '/organization/invite-member', {
      body: { email: 'Bob@example.com', role: 'member', organizationId, teamId: team.body.id },
      ...as(ada),
    })
    expect(invited.status).toBe(200)

    const invitationId = invited.body.id
    expect((await signUp(identity, 'eve@example.com', { invitationId })).status).toBe(403)
    const bob = await person(identity, 'bob@example.com', { invitationId })
    const before = await identity.authenticate(bearer(bob.token))
    expect(before).toMatchObject({ admin: false, teamIds: [] })
    expect(before?.organizationIds).toHaveLength(1)

    const accepted = await call(identity, 'POST', '/organization/accept-invitation', {
      body: { invitationId },
      ...as(bob),
    })
    expect(accepted.status, JSON.stringify(accepted.body)).toBe(200)
    const after = await identity.authenticate(bearer(bob.token))
    expect(after?.organizationIds).toEqual([before?.organizationId, organizationId])
    expect(after?.organizationId).toBe(organizationId)
    expect(after?.teamIds).toEqual([team.body.id])
    expect(await identity.principal('TEAM', team.body.id)).toEqual({ name: 'Night shift' })
    expect(await identity.organization(organizationId)).toEqual({
      id: organizationId,
      name: 'Works',
      slug: 'works',
    })

    await call(identity, 'POST', '/organization/remove-member', {
      body: { memberIdOrEmail: 'bob@example.com', organizationId },
      ...as(ada),
    })
    const removed = await identity.authenticate(bearer(bob.token))
    expect(removed).toMatchObject({
      organizationId: before?.organizationId,
      organizationIds: before?.organizationIds,
      teamIds: [],
    })
  })

  it.each([
    ['expired', `expires_at = now() - interval '1 minute'`],
    ['cancelled', `status = 'canceled'`],
  ])('may not sign up by an %s invitation', async (_, change) => {
    const actor = await identity.authenticate(bearer(ada.token))
    const invited = await call(identity, 'POST', '/organization/invite-member', {
      body: { email: 'bob@example.com', role: 'member', organizationId: actor!.organizationId },
      ...as(ada),
    })
    await store.pool.query(`update invitation set ${change}`)
    const answer = await signUp(identity, 'bob@example.com', { invitationId: invited.body.id })
    expect(answer.status).toBe(403)
  })

  it('prove it by the invitation’s id: who only knows the address is refused like any stranger', async () => {
    const actor = await identity.authenticate(bearer(ada.token))
    await call(identity, 'POST', '/organization/invite-member', {
      body: { email: 'bob@example.com', role: 'member', organizationId: actor!.organizationId },
      ...as(ada),
    })
    const stranger = await signUp(identity, 'eve@example.com')
    for (const extra of [{}, { invitationId: 'guessed' }, { invitationId: 7 }, { invitationId: null }]) {
      const answer = await signUp(identity, 'bob@example.com', extra)
      expect([answer.status, answer.body]).toEqual([403, stranger.body])
    }
    expect(await count()).toBe(1)
  })
})

describe('organizations of a person', () => {
  it('begin with a personal one that the person owns and that is active in every session', async () => {
    const identity = await openIdentity({ store })
    await person(identity, 'ada@example.com')
    const again = await signIn(identity, 'ada@example.com')
    const actor = await identity.authenticate(bearer(again.token))
    expect(actor?.organizationIds).toEqual([actor?.organizationId])
    const { rows } = await store.pool.query(
      'select m.role, o.name from member m join organization o on o.id = m.organization_id',
    )
    expect(rows).toEqual([{ role: 'owner', name: 'Personal' }])
    const sessions = await store.pool.query('select active_organization_id as active from session')
    expect(new Set(sessions.rows.map(row => row.active))).toEqual(new Set([actor?.organizationId]))
  })

  it('are never none: who deletes the last gets a new personal one', async () => {
    const identity = await openIdentity({ store })
    const ada = await person(identity, 'ada@example.com')
    const before = await identity.authenticate(bearer(ada.token))
    await call(identity, 'POST', '/organization/delete', {
      body: { organizationId: before!.organizationId },
      headers: { cookie: ada.cookie },
    })
    const after = await identity.authenticate(bearer(ada.token))
    expect(after?.organizationIds).toHaveLength(1)
    expect(after?.organizationId).not.toBe(before?.organizationId)
  })

  it('are not lent: an organization that the person is not a member of cannot be made active', async () => {
    const identity = await openIdentity({ store })
    const ada = await person(identity, 'ada@example.com')
    const bob = await person(identity, 'bob@example.com')
    const foreign = (await identity.authenticate(bearer(ada.token)))!.organizationId
    await call(identity, 'POST', '/organization/set-active', {
      body: { organizationId: foreign },
      headers: { cookie: bob.cookie },
    })
    const actor = await identity.authenticate(bearer(bob.token))
    expect(actor?.organizationIds).not.toContain(foreign)
    expect(actor?.organizationId).not.toBe(foreign)
  })

  it('have names that can be looked up, and null for what is not there', async () => {
    const identity = await openIdentity({ store })
    const ada = await person(identity, 'ada@example.com')
    expect(await identity.principal('USER', ada.id)).toEqual({ name: 'ada' })
    expect(await identity.principal('ORGANIZATION', 'none')).toBeNull()
    expect(await identity.organization('none')).toBeNull()
  })
})

it('an account without its organization is not left behind: sign-up is one transaction', async () => {
  const identity = await openIdentity({ store })
  await store.pool.query('alter table member add constraint nobody check (role = $$nobody$$)')
  const failure: Error = await signUp(identity, 'ada@example.com').then(
    () => expect.unreachable(),
    error => error,
  )
  expect(failure).toMatchObject({ code: 'INTERNAL' })
  expect(`${failure.message} ${(failure.cause as Error).stack}`).not.toMatch(/params|insert into/)
  expect(await count()).toBe(0)
})
