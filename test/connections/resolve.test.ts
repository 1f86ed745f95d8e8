import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Connections } from '../../src/connections/index.ts'
import type { Actor } from '../../src/identity/index.ts'
import type { JsonObject } from '../../src/json.ts'
import { type House, openHouse, outcome, refusal, shipped } from './house.ts'

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

describe('resolving what a field’s argument means', () => {
  it('takes the default: the first connection of a connector, until another is made it', async () => {
    const [first, second] = [await crm(), await crm()]
    expect((await connections.resolve(ada, shipped('crm'), null))?.id).toBe(first.id)
    expect(await connections.defaultOf(ada, shipped('crm'))).toBe(first.id)
    await connections.setDefault(ada, second.id)
    expect((await connections.resolve(ada, shipped('crm'), null))?.id).toBe(second.id)
    expect((await connections.resolve(ada, shipped('crm'), first.name))?.id).toBe(first.id)
    expect((await connections.resolve(ada, shipped('crm'), first.id))?.id).toBe(first.id)
  })

  it('takes the only one that is shared with somebody', async () => {
    const { id } = await crm()
    const bob = await house.person()
    await connections.grant(ada, id, { kind: 'USER', id: bob.userId }, 'USE')
    expect((await connections.resolve(bob, shipped('crm'), null))?.id).toBe(id)
    expect(await connections.defaultOf(bob, shipped('crm'))).toBeNull()
  })

  it('forgets a default that its person may no longer use', async () => {
    const { id } = await crm()
    const bob = await house.person()
    const grant = await connections.grant(ada, id, { kind: 'USER', id: bob.userId }, 'USE')
    await connections.setDefault(bob, id)
    await connections.revokeGrant(ada, grant.id)
    expect(await connections.defaultOf(bob, shipped('crm'))).toBeNull()
    expect(await outcome(connections.resolve(bob, shipped('crm'), null))).toBe('CONNECTION_REQUIRED')
  })

  it('names the choices where there are several, of which only active ones count', async () => {
    const bob = await house.person()
    const all = [await crm(), await crm(), await crm()]
    for (const { id } of all) await connections.grant(ada, id, { kind: 'USER', id: bob.userId }, 'USE')
    const refused = await refusal(connections.resolve(bob, shipped('crm'), null))
    expect(refused).toMatch(/^CONNECTION_REQUIRED/)
    for (const { name } of all) expect(refused).toContain(name)
    for (const { id } of all.slice(1)) await connections.update(ada, id, { disabled: true })
    expect((await connections.resolve(bob, shipped('crm'), null))?.id).toBe(all[0]?.id)
  })

  it('says how to create one where there is none', async () => {
    expect(await refusal(connections.resolve(ada, shipped('crm'), null))).toMatch(
      /^CONNECTION_REQUIRED.*createConnection\(input: \{connector: "crm"/,
    )
  })

  it('is null where the API needs none, unless there is one or the host is not known', async () => {
    expect(await connections.resolve(ada, shipped('weather'), null)).toBeNull()
    expect(await outcome(connections.resolve(ada, shipped('weather'), 'named'))).toBe('CONNECTION_NOT_FOUND')
    expect(await outcome(connections.resolve(ada, shipped('homeless'), null))).toBe('CONNECTION_REQUIRED')
    const own = await create('weather', {}, { baseUrl: 'https://own.example.com' })
    expect((await connections.resolve(ada, shipped('weather'), null))?.id).toBe(own.id)
  })

  it('does not find a connection of another connector', async () => {
    const { id, name } = await crm()
    expect(await outcome(connections.resolve(ada, shipped('shop'), id))).toBe('CONNECTION_NOT_FOUND')
    expect(await outcome(connections.resolve(ada, shipped('shop'), name))).toBe('CONNECTION_NOT_FOUND')
  })

  it('prefers the active organization where two have a connection of that name', async () => {
    const { id, name } = await crm()
    const elsewhere = await house.person('elsewhere')
    const other = await connections.create(elsewhere, {
      connector: 'crm',
      name,
      parameters: { api_key: 'k' },
    })
    const both = [house.organization, house.otherOrganization]
    await connections.grant(elsewhere, other.id, { kind: 'ORGANIZATION', id: house.otherOrganization }, 'USE')
    const at = (organizationId: string): Actor => ({ ...ada, organizationId, organizationIds: both })
    expect((await connections.resolve(at(house.organization), shipped('crm'), name))?.id).toBe(id)
    expect((await connections.resolve(at(house.otherOrganization), shipped('crm'), name))?.id).toBe(other.id)
    expect(await outcome(connections.resolve(at('a third'), shipped('crm'), name))).toBe(
      'CONNECTION_REQUIRED',
    )
  })

  it('finds nothing by names that no store can hold', async () => {
    expect(await outcome(connections.resolve(ada, shipped('crm'), 'a\0b'))).toBe('CONNECTION_NOT_FOUND')
    expect(await outcome(connections.resolve(ada, shipped('crm\0'), null))).toBe('CONNECTOR_NOT_FOUND')
    expect(await connections.defaultOf(ada, shipped('\0'))).toBeNull()
    expect(await connections.list(ada, { connector: '\0' })).toMatchObject({ nodes: [], totalCount: 0 })
    const { id } = await crm()
    const to = { kind: 'USER', id: '\0' } as const
    expect(await outcome(connections.grant(ada, id, to, 'USE'))).toBe('NOT_FOUND')
  })
})
