// Who may do what: every method against everybody.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Connection, Connections } from '../../src/connections/index.ts'
import { createAudit } from '../../src/connections/index.ts'
import type { Actor } from '../../src/identity/index.ts'
import { type House, openHouse, outcome, shipped } from './house.ts'

let house: House
let owner: Actor
beforeAll(async () => {
  house = await openHouse()
  owner = await house.person()
})
afterAll(() => house[Symbol.asyncDispose]())

type Who =
  | 'anonymous'
  | 'other tenant'
  | 'administrator of the hub'
  | 'same organization'
  | 'USE'
  | 'EDIT'
  | 'OWN'
  | 'owner'
const everybody: Who[] = [
  'anonymous',
  'other tenant',
  'administrator of the hub',
  'same organization',
  'USE',
  'EDIT',
  'OWN',
  'owner',
]

async function actorOf(who: Who, connection: Connection): Promise<Actor | null> {
  if (who === 'anonymous') return null
  if (who === 'owner') return owner
  if (who === 'other tenant') return house.person('elsewhere')
  const person = await house.person('here', { admin: who === 'administrator of the hub' })
  if (who === 'USE' || who === 'EDIT' || who === 'OWN')
    await house.connections.grant(owner, connection.id, { kind: 'USER', id: person.userId }, who)
  return person
}

let made = 0
const newConnection = () =>
  house.connections.create(owner, {
    connector: 'crm',
    name: `Account ${made++}`,
    parameters: { api_key: 'key' },
  })

const nobody = 'UNAUTHENTICATED'
const unknown = 'CONNECTION_NOT_FOUND'
const low = 'FORBIDDEN'
const ok = 'OK'

/** In the order of `everybody`. */
const use = [nobody, unknown, unknown, unknown, ok, ok, ok, ok]
const edit = [nobody, unknown, unknown, unknown, low, ok, ok, ok]
const own = [nobody, unknown, unknown, unknown, low, low, ok, ok]
const anybody = [nobody, ok, ok, ok, ok, ok, ok, ok]

interface Row {
  readonly expected: readonly string[]
  act(actor: Actor | null, connection: Connection): Promise<unknown>
}

const matrix: Record<string, Row> = {
  get: { expected: use, act: (actor, { id }) => house.connections.get(actor, id) },
  'resolve by id': {
    expected: use,
    act: (actor, { id }) => house.connections.resolve(actor, shipped('crm'), id),
  },
  'resolve by name': {
    expected: use,
    act: (actor, { name }) => house.connections.resolve(actor, shipped('crm'), name),
  },
  open: {
    // Without an actor the hub itself opens it, for a feed.
    expected: [ok, ...use.slice(1)],
    act: (actor, { id }) => house.connections.open(actor, id),
  },
  use: { expected: use, act: (actor, { id }) => house.connections.use(actor, shipped('crm'), id) },
  test: { expected: use, act: (actor, { id }) => house.connections.test(actor, id) },
  setDefault: { expected: use, act: (actor, { id }) => house.connections.setDefault(actor, id) },
  grants: { expected: use, act: (actor, { id }) => house.connections.grants(actor, id) },
  'update its name': {
    expected: edit,
    act: (actor, { id }) => house.connections.update(actor, id, { name: `Renamed ${made++}` }),
  },
  'update where it leads, keeping the secret': {
    expected: [nobody, unknown, unknown, unknown, low, 'CREDENTIAL_INVALID', ok, ok],
    act: (actor, { id }) => house.connections.update(actor, id, { baseUrl: 'https://elsewhere.example' }),
  },
  'update a parameter, keeping the secret': {
    expected: [nobody, unknown, unknown, unknown, low, 'CREDENTIAL_INVALID', ok, ok],
    act: (actor, { id }) => house.connections.update(actor, id, { parameters: { region: 'evil' } }),
  },
  'update where it leads, with a new secret': {
    expected: edit,
    act: (actor, { id }) =>
      house.connections.update(actor, id, {
        baseUrl: 'https://elsewhere.example',
        parameters: { api_key: 'another' },
      }),
  },
  grant: {
    expected: own,
    act: async (actor, { id }) =>
      house.connections.grant(actor, id, { kind: 'USER', id: (await house.person()).userId }, 'USE'),
  },
  'revoke somebody’s grant': {
    expected: [nobody, 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', low, low, ok, ok],
    act: async (actor, { id }) => {
      const third = await house.person()
      const grant = await house.connections.grant(owner, id, { kind: 'USER', id: third.userId }, 'EDIT')
      return house.connections.revokeGrant(actor, grant.id)
    },
  },
  'read its audit log': {
    expected: edit,
    act: (actor, { id }) => createAudit(house.store, systemClock).list(actor, { connectionId: id }),
  },
  delete: { expected: own, act: (actor, { id }) => house.connections.delete(actor, id) },
  create: {
    expected: anybody,
    act: actor =>
      house.connections.create(actor, {
        connector: 'crm',
        name: `New ${made++}`,
        parameters: { api_key: 'k' },
      }),
  },
  list: { expected: anybody, act: actor => house.connections.list(actor) },
  defaultOf: { expected: anybody, act: actor => house.connections.defaultOf(actor, shipped('crm')) },
  roleOf: { expected: anybody, act: (actor, { id }) => house.connections.roleOf(actor, id) },
}

describe.each(Object.entries(matrix))('%s', (_, { expected, act }) => {
  it.each(everybody.map((who, index) => [who, expected[index] ?? 'missing']))(
    'by %s: %s',
    async (who, result) => {
      const connection = await newConnection()
      const actor = await actorOf(who as Who, connection)
      expect(await outcome(act(actor, connection))).toBe(result)
    },
  )
})

it('the matrix has every method that takes an actor', () => {
  const forTheHub = ['needsAuthorization', 'importRemoved', 'reseal', 'readersOf']
  const forConnectors = ['grantConnector']
  const rows = Object.values(matrix).map(({ act }) => String(act))
  const missing = (Object.keys(house.connections) as (keyof Connections)[]).filter(
    method =>
      ![...forTheHub, ...forConnectors].includes(method) &&
      !rows.some(row => row.includes(`connections.${method}(`)),
  )
  expect(missing).toEqual([])
})

describe('what a list shows', () => {
  it.each(everybody.slice(1).map(who => [who]))('%s', async who => {
    const connection = await newConnection()
    const actor = (await actorOf(who, connection))!
    const stranger = await house.person('elsewhere')
    const { nodes } = await house.connections.list(actor, { first: 500 })
    const role = await house.connections.roleOf(actor, connection.id)
    expect(nodes.some(({ id }) => id === connection.id)).toBe(role !== null)
    expect(role).toBe({ USE: 'USE', EDIT: 'EDIT', OWN: 'OWN', owner: 'OWN' }[who as string] ?? null)
    const readers = await house.connections.readersOf(connection.id, [stranger, actor])
    expect([...readers]).toEqual(role === null ? [] : [actor])
  })
})

describe('a role', () => {
  it('comes from a team and from the organization, and the highest counts', async () => {
    const connection = await newConnection()
    const person = await house.person('here', { inTeam: true })
    const roleOf = () => house.connections.roleOf(person, connection.id)
    await house.connections.grant(
      owner,
      connection.id,
      { kind: 'ORGANIZATION', id: house.organization },
      'USE',
    )
    expect(await roleOf()).toBe('USE')
    await house.connections.grant(owner, connection.id, { kind: 'TEAM', id: house.team }, 'EDIT')
    expect(await roleOf()).toBe('EDIT')
    expect(await house.connections.roleOf(await house.person('elsewhere'), connection.id)).toBeNull()
    const people = [person, await house.person(), await house.person('elsewhere')]
    const readers = await house.connections.readersOf(connection.id, people)
    expect([...readers]).toEqual(people.slice(0, 2))
  })

  it('changes by granting again and ends with the grant', async () => {
    const connection = await newConnection()
    const person = await house.person()
    const to = { kind: 'USER', id: person.userId } as const
    await house.connections.grant(owner, connection.id, to, 'EDIT')
    const grant = await house.connections.grant(owner, connection.id, to, 'USE')
    expect(await house.connections.roleOf(person, connection.id)).toBe('USE')
    expect(await house.connections.grants(owner, connection.id)).toHaveLength(1)
    await house.connections.revokeGrant(person, grant.id)
    expect(await house.connections.roleOf(person, connection.id)).toBeNull()
  })

  it('ends for who leaves the organization, the owner included', async () => {
    const connection = await newConnection()
    const person = await house.person()
    await house.connections.grant(owner, connection.id, { kind: 'USER', id: person.userId }, 'OWN')
    const gone = (actor: Actor): Actor => ({
      ...actor,
      organizationId: house.otherOrganization,
      organizationIds: [house.otherOrganization],
    })
    expect(await house.connections.roleOf(gone(person), connection.id)).toBeNull()
    expect(await house.connections.roleOf(gone(owner), connection.id)).toBeNull()
  })

  it('is not given to strangers of the organization', async () => {
    const connection = await newConnection()
    const stranger = await house.person('elsewhere')
    for (const to of [
      { kind: 'USER', id: stranger.userId },
      { kind: 'ORGANIZATION', id: house.otherOrganization },
      { kind: 'TEAM', id: 'no such team' },
    ] as const)
      expect(await outcome(house.connections.grant(owner, connection.id, to, 'USE'))).toBe('NOT_FOUND')
  })

  it('of USE sees only the grants that it comes from', async () => {
    const connection = await newConnection()
    const [person, other] = [await house.person(), await house.person()]
    await house.connections.grant(owner, connection.id, { kind: 'USER', id: person.userId }, 'USE')
    await house.connections.grant(owner, connection.id, { kind: 'USER', id: other.userId }, 'EDIT')
    expect((await house.connections.grants(person, connection.id)).map(grant => grant.principal.id)).toEqual([
      person.userId,
    ])
    expect(await house.connections.grants(other, connection.id)).toHaveLength(2)
  })

  it('is not granted where the package forbids sharing', async () => {
    const connection = await house.connections.create(owner, {
      connector: 'private',
      name: 'Mine',
      parameters: { api_key: 'k' },
    })
    const to = { kind: 'ORGANIZATION', id: house.organization } as const
    expect(await outcome(house.connections.grant(owner, connection.id, to, 'USE'))).toBe('FORBIDDEN')
  })
})

describe('a connector', () => {
  it('that somebody imported belongs to their organization alone', async () => {
    const imported = await house.importAs(owner, 'crm')
    const stranger = await house.person('elsewhere')
    const input = { connector: 'crm', name: 'Foreign', parameters: { api_key: 'k' } }
    expect(await outcome(house.connections.create(stranger, input))).toBe('CONNECTOR_NOT_FOUND')
    expect(await outcome(house.connections.resolve(stranger, imported, null))).toBe('CONNECTOR_NOT_FOUND')
    const colleague = await house.person()
    const to = { kind: 'USER', id: colleague.userId } as const
    expect(await outcome(house.connections.grantConnector(colleague, 'crm', to, 'OWN'))).toBe('FORBIDDEN')
    expect(await outcome(house.connections.grantConnector(owner, 'crm', to, 'OWN'))).toBe('OK')
    const third = { kind: 'USER', id: (await house.person()).userId } as const
    expect(await outcome(house.connections.grantConnector(colleague, 'crm', third, 'EDIT'))).toBe('OK')
    house.serve('crm', shipped('crm'))
    const refused = house.connections.grantConnector(owner, 'crm', third, 'EDIT')
    expect(await outcome(refused), 'the one that ships is nobody’s to share').toBe('FORBIDDEN')
  })
})

it('ids that are none are not found, and never reach the database as a cast', async () => {
  for (const id of ['', 'x', `'; drop table connection; --`, '../../etc', '0'.repeat(36)])
    expect(await outcome(house.connections.get(owner, id))).toBe('CONNECTION_NOT_FOUND')
  expect(await outcome(house.connections.open(null, 'x'))).toBe('CONNECTION_NOT_FOUND')
})
