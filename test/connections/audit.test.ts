import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { type Audit, createAudit } from '../../src/connections/index.ts'
import type { Actor } from '../../src/identity/index.ts'
import { type House, openHouse, outcome } from './house.ts'

let house: House
let audit: Audit
let ada: Actor
let bob: Actor
let eve: Actor
beforeAll(async () => {
  house = await openHouse()
  audit = createAudit(house.store, systemClock)
  ada = await house.person()
  bob = await house.person()
  eve = await house.person('elsewhere')
})
afterAll(() => house[Symbol.asyncDispose]())

const note = (actor: Actor | null, action: string, connectionId: string | null = null) =>
  audit.append(actor, { action, resource: 'something', connectionId, outcome: 'OK' })
const actions = async (actor: Actor, connectionId?: string) =>
  (await audit.list(actor, { connectionId })).nodes.map(({ action }) => action)

it('shows people their own entries, and everybody’s to who manages the organization', async () => {
  await note(ada, 'ada.acts')
  await note(bob, 'bob.acts')
  await note(eve, 'eve.acts')
  expect(await actions(ada)).toEqual(['ada.acts'])
  expect(await actions(bob)).toEqual(['bob.acts'])
  await house.store.pool.query(`update member set role = 'member,admin' where user_id = $1`, [ada.userId])
  expect(await actions(ada)).toEqual(expect.arrayContaining(['ada.acts', 'bob.acts']))
  expect(await actions(ada)).not.toContain('eve.acts')
  expect(await outcome(audit.list(null))).toBe('UNAUTHENTICATED')
})

it('keeps what the hub did with a connection for those who may edit it, also in its organization’s log', async () => {
  const { id } = await house.connections.create(bob, {
    connector: 'crm',
    name: 'Audited',
    parameters: { api_key: 'k' },
  })
  await note(null, 'feed.poll', id)
  expect(await actions(bob, id)).toEqual(['feed.poll'])
  expect((await audit.list(bob, { connectionId: id })).nodes[0]).toMatchObject({
    actor: 'hub',
    outcome: 'OK',
  })
  expect(await actions(ada)).toContain('feed.poll')
  expect(await outcome(audit.list(eve, { connectionId: id }))).toBe('CONNECTION_NOT_FOUND')
})

it('keeps what was done to a connection in its organization’s log, also where that was the end of it', async () => {
  const { id } = await house.connections.create(bob, {
    connector: 'crm',
    name: 'Ended',
    parameters: { api_key: 'k' },
  })
  const organizationId = await audit.organizationOf(id)
  await house.connections.delete(bob, id)
  expect(await audit.organizationOf(id)).toBeNull()
  const abroad = { ...bob, organizationId: house.otherOrganization }
  await audit.append(abroad, {
    action: 'ended',
    resource: 'x',
    connectionId: id,
    organizationId,
    outcome: 'OK',
  })
  expect(await actions(bob)).toContain('ended')
  expect(await actions(abroad)).not.toContain('ended')
})

it('pages from the newest to the oldest, each entry once', async () => {
  const carol = await house.person()
  for (let index = 0; index < 7; index++) await note(carol, `step.${index}`)
  const seen: string[] = []
  let after: string | null = null
  do {
    const page = await audit.list(carol, { first: 3, after })
    seen.push(...page.nodes.map(({ id }) => id))
    after = page.hasNextPage ? page.endCursor : null
  } while (after !== null)
  expect(seen).toHaveLength(7)
  expect(seen).toEqual([...new Set(seen)].sort().reverse())
})
