// Connections as calls use them: remembered for seconds, and never a moment longer than somebody may use them.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Connection, Connections } from '../../src/connections/index.ts'
import type { Actor } from '../../src/identity/index.ts'
import { type House, openHouse, outcome, shipped } from './house.ts'

let house: House
/** The instance that calls, and another over the same database. */
let here: Connections
let there: Connections
let now = Date.parse('2030-01-01T00:00:00Z')
let ada: Actor
let bob: Actor
let shared: Connection
let made = 0

const crm = shipped('crm')
const key = async (person: Actor, reference: string | null = null) =>
  (await here.use(person, crm, reference))?.open.secrets.api_key?.reveal()

beforeAll(async () => {
  house = await openHouse()
  const clock = { now: () => now, after: () => () => {} }
  here = house.room({ clock })
  there = house.room({ clock })
})
beforeEach(async () => {
  ada = await house.person()
  bob = await house.person()
  shared = await here.create(ada, {
    connector: 'crm',
    name: `Shared ${made++}`,
    parameters: { api_key: 'first' },
  })
})
afterAll(() => house[Symbol.asyncDispose]())

const share = (room: Connections) => room.grant(ada, shared.id, { kind: 'USER', id: bob.userId }, 'USE')
const enter = (room: Connections, api_key: string) => room.update(ada, shared.id, { parameters: { api_key } })

describe('what changes on this instance counts for the next call', () => {
  it('a new credential', async () => {
    expect(await key(ada)).toBe('first')
    await enter(here, 'second')
    expect(await key(ada)).toBe('second')
  })

  it('disabling, enabling and deleting', async () => {
    expect(await key(ada)).toBe('first')
    await here.update(ada, shared.id, { disabled: true })
    expect(await outcome(key(ada))).toBe('CONNECTION_INACTIVE')
    await here.update(ada, shared.id, { disabled: false })
    expect(await key(ada)).toBe('first')
    await here.needsAuthorization(shared.id, 'The API refused it.')
    expect(await outcome(key(ada))).toBe('CONNECTION_INACTIVE')
    await here.test(ada, shared.id)
    expect(await key(ada)).toBe('first')
    await here.delete(ada, shared.id)
    expect(await outcome(key(ada))).toBe('CONNECTION_REQUIRED')
  })

  it('a grant, and its end', async () => {
    expect(await outcome(key(bob, shared.id))).toBe('CONNECTION_NOT_FOUND')
    const grant = await share(here)
    expect(await key(bob, shared.id)).toBe('first')
    await here.revokeGrant(ada, grant.id)
    expect(await outcome(key(bob, shared.id))).toBe('CONNECTION_NOT_FOUND')
  })

  it('another default', async () => {
    expect(await key(ada)).toBe('first')
    const other = await here.create(ada, {
      connector: 'crm',
      name: 'other',
      parameters: { api_key: 'other' },
    })
    await here.setDefault(ada, other.id)
    expect(await key(ada)).toBe('other')
    expect(await key(ada, shared.name)).toBe('first')
  })

  it('also where it overtakes a look-up', async () => {
    const finding = key(ada)
    await enter(here, 'second')
    await finding
    expect(await key(ada)).toBe('second')
  })
})

it('what changes on another instance counts five seconds later', async () => {
  const grant = await share(here)
  expect([await key(ada), await key(bob, shared.id)]).toEqual(['first', 'first'])
  await enter(there, 'second')
  await there.revokeGrant(ada, grant.id)
  now += 4_999
  expect([await key(ada), await key(bob, shared.id)]).toEqual(['first', 'first'])
  now += 1
  expect(await key(ada)).toBe('second')
  expect(await outcome(key(bob, shared.id))).toBe('CONNECTION_NOT_FOUND')
})

it('what one person may use says nothing of another, nor of the same one with other memberships', async () => {
  expect(await key(ada, shared.id)).toBe('first')
  expect(await outcome(key(bob, shared.id))).toBe('CONNECTION_NOT_FOUND')
  const elsewhere = {
    ...ada,
    organizationId: house.otherOrganization,
    organizationIds: [house.otherOrganization],
  }
  expect(await outcome(key(elsewhere, shared.id))).toBe('CONNECTION_NOT_FOUND')
})

it('a connector without credentials needs no connection', async () => {
  expect(await here.use(ada, shipped('weather'), null)).toBeNull()
  expect(await outcome(here.use(null, crm, null))).toBe('UNAUTHENTICATED')
})
