// Connections to connectors that somebody imported: bound to that import, whatever has its name before or after.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ConnectorIdentity, revokeImport } from '../../src/connections/index.ts'
import type { Actor } from '../../src/identity/index.ts'
import { schema } from '../../src/store/index.ts'
import { type House, openHouse, outcome, refusal, shipped } from './house.ts'

let house: House
let ada: Actor
let bob: Actor
beforeAll(async () => {
  house = await openHouse()
})
beforeEach(async () => {
  ada = await house.person()
  bob = await house.person('elsewhere')
})
afterAll(() => house[Symbol.asyncDispose]())

const connect = (actor: Actor, name = 'Main') =>
  house.connections.create(actor, { connector: 'crm', name, parameters: { api_key: 'key' } })

/** How many wait for a lock in this database. */
const waiting = async () =>
  (
    await house.store.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
  ).rowCount

/** As the hub removes it: the row and what carries its id. */
const remove = ({ importId }: ConnectorIdentity) =>
  house.store.db.transaction(async db => {
    await revokeImport(db, importId ?? '')
    await db.delete(schema.connector).where(eq(schema.connector.id, importId ?? ''))
  })

type Source = 'ships with the hub' | 'her import' | 'another import of hers' | 'an import of his'

/** Makes the source serve under `crm`; what served before is gone. */
async function serve(source: Source): Promise<ConnectorIdentity> {
  await house.store.db.delete(schema.connector)
  if (source !== 'ships with the hub') return house.importAs(source === 'an import of his' ? bob : ada, 'crm')
  house.serve('crm', shipped('crm'))
  return shipped('crm')
}

describe.each<Source>(['ships with the hub', 'her import'])('a connection to what %s', made => {
  const others: readonly Source[] = ['ships with the hub', 'another import of hers', 'an import of his']
  it.each(others.filter(later => later !== made))(
    'is not used when the name is that of what %s',
    async later => {
      await serve(made)
      const { id, name } = await connect(ada, `${made} ${later}`)
      const now = await serve(later)
      const { connections } = house
      for (const actor of [ada, null])
        expect(await outcome(connections.open(actor, id))).toBe('CONNECTOR_NOT_FOUND')
      expect(await outcome(connections.test(ada, id))).toBe('CONNECTOR_NOT_FOUND')
      const entered = { parameters: { api_key: 'another' } }
      expect(await outcome(connections.update(ada, id, entered))).toBe('CONNECTOR_NOT_FOUND')
      const unknown = later === 'an import of his' ? 'CONNECTOR_NOT_FOUND' : 'CONNECTION_NOT_FOUND'
      expect(await outcome(connections.resolve(ada, now, id))).toBe(unknown)
      expect(await outcome(connections.resolve(ada, now, name))).toBe(unknown)
      expect(await connections.defaultOf(ada, now)).toBeNull()
      expect((await connections.list(ada, { connector: now })).nodes).toEqual([])
      // It is still there to be seen and deleted.
      expect((await connections.list(ada, { connector: 'crm' })).nodes.map(node => node.id)).toContain(id)
      expect(await outcome(connections.delete(ada, id))).toBe('OK')
    },
  )

  it('is used again when its connector is back', async () => {
    const source = await serve(made)
    const { id } = await connect(ada, `${made} back`)
    house.serve('crm', { connector: 'crm', importId: '0198c0de-0000-7000-8000-000000000000' })
    expect(await outcome(house.connections.open(ada, id))).toBe('CONNECTOR_NOT_FOUND')
    house.serve('crm', source)
    expect((await house.connections.open(ada, id)).secrets.api_key?.reveal()).toBe('key')
    expect((await house.connections.resolve(ada, source, null))?.id).toBe(id)
  })
})

describe('removing an import', () => {
  it('revokes its connections for good, and shreds their credentials', async () => {
    const imported = await serve('her import')
    const { id } = await connect(ada)
    const other = await house.connections.create(ada, {
      connector: 'shop',
      name: 'Kept',
      authentication: 'api_key',
      parameters: { api_key: 'kept' },
    })
    await remove(imported)
    const gone = await house.connections.get(ada, id)
    expect(gone).toMatchObject({
      status: 'REVOKED',
      statusReason: 'Its connector was removed.',
      secretNames: [],
    })
    expect(await refusal(house.connections.open(ada, id))).toBe(
      'CONNECTION_INACTIVE: The connection "Main" of the connector crm cannot be used, it is REVOKED. Its connector was removed. Create a new connection.',
    )
    const credentials = await house.store.db
      .select()
      .from(schema.credential)
      .where(eq(schema.credential.connectionId, id))
    expect(credentials).toEqual([])
    for (const disabled of [true, false])
      expect((await house.connections.update(ada, id, { disabled })).status).toBe('REVOKED')
    expect((await house.connections.open(ada, other.id)).secrets.api_key?.reveal()).toBe('kept')
  })

  it('leaves name and default to what is imported next', async () => {
    const before = await serve('her import')
    await connect(ada, 'Again')
    await remove(before)
    const next = await house.importAs(ada, 'crm')
    const { id } = await connect(ada, 'Again')
    expect(await house.connections.defaultOf(ada, next)).toBe(id)
  })

  it('ends the grants on it: whoever might EDIT it has no more than anybody on the next one', async () => {
    const editor = await house.person()
    const to = { kind: 'USER', id: editor.userId } as const
    const third = { kind: 'USER', id: (await house.person()).userId } as const
    const imported = await serve('her import')
    const { id } = await house.connections.grantConnector(ada, 'crm', to, 'OWN')
    expect(await outcome(house.connections.grantConnector(editor, 'crm', third, 'USE'))).toBe('OK')
    await remove(imported)
    await house.importAs(ada, 'crm')
    expect(await outcome(house.connections.grantConnector(editor, 'crm', third, 'USE'))).toBe('FORBIDDEN')
    expect(await outcome(house.connections.revokeGrant(ada, id))).toBe('NOT_FOUND')
  })

  it('lets nobody connect to it meanwhile', async () => {
    const imported = await serve('her import')
    const client = await house.store.pool.connect()
    try {
      await client.query('begin')
      await client.query('delete from connector where id = $1', [imported.importId])
      const connecting = outcome(connect(ada, 'Late'))
      await expect.poll(waiting).toBe(1)
      await client.query('commit')
      expect(await connecting).toBe('CONNECTOR_NOT_FOUND')
    } finally {
      client.release()
    }
  })
})

it('a first connection becomes the default though another connector had the name', async () => {
  await serve('her import')
  await connect(ada, 'Hers')
  const now = await serve('ships with the hub')
  const { id } = await connect(ada, 'Hers')
  expect(await house.connections.defaultOf(ada, now)).toBe(id)
  await connect(ada, 'Second')
  expect(await house.connections.defaultOf(ada, now)).toBe(id)
})

it('whoever leaves the organization of a connector does not use it with connections made elsewhere', async () => {
  await serve('an import of his')
  const both: Actor = { ...ada, organizationIds: [ada.organizationId, bob.organizationId] }
  const { id } = await connect(both, 'Both')
  expect(await outcome(house.connections.open(both, id))).toBe('OK')
  expect(await outcome(house.connections.open(ada, id))).toBe('CONNECTOR_NOT_FOUND')
  expect(await outcome(house.connections.test(ada, id))).toBe('CONNECTOR_NOT_FOUND')
})
