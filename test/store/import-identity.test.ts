// The migration that gives imports an identity: what was bound to a name is bound to the import that it was made for.
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { secret } from '../../src/secret.ts'
import { openStore } from '../../src/store/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { administer, databaseUrl, uniqueDatabase } from '../harness/database-server.ts'
import { migrateUpTo } from './migrate-up-to.ts'

const [before, between, after] = ['2026-01-01', '2026-01-02', '2026-01-03']
const ids = {
  older: randomUUID(),
  own: randomUUID(),
  stranger: randomUUID(),
  shipped: randomUUID(),
}

const rows = [
  `insert into organization (id, name, slug, created_at) values ('here', 'H', 'h', now()), ('there', 'T', 't', now())`,
  `insert into "user" (id, name, email) values ('ada', 'Ada', 'ada@example.com')`,
  `insert into connector (name, organization_id, document, created_at) values ('crm', 'here', '{}', '${between}')`,
  ...(
    [
      [ids.older, 'here', 'crm', before],
      [ids.own, 'here', 'crm', after],
      [ids.stranger, 'there', 'crm', after],
      [ids.shipped, 'here', 'sql', after],
    ] as const
  ).map(
    ([id, organization, connector, at]) =>
      `insert into connection (id, organization_id, owner_id, connector, name, authentication, parameters, status, created_at)
      values ('${id}', '${organization}', 'ada', '${connector}', '${id}', 'none', '{}', 'ACTIVE', '${at}')`,
  ),
  ...(
    [
      ['crm', before],
      ['crm', after],
      ['sql', after],
      ['gone', after],
    ] as const
  ).map(
    ([connector, at]) =>
      `insert into access_grant (id, resource_kind, resource_id, principal_kind, principal_id, role, granted_at)
      values ('${randomUUID()}', 'CONNECTOR', '${connector}', 'USER', '${connector} ${at}', 'EDIT', '${at}')`,
  ),
]

test('connections and grants from before belong to the import that was there when they were made', async () => {
  const server = inject('databaseServer').url
  const name = uniqueDatabase()
  await administer(server, `create database ${name}`)
  await using stack = new AsyncDisposableStack()
  stack.defer(() => administer(server, `drop database ${name} with (force)`))
  const url = databaseUrl(server, name)
  const client = new Client({ connectionString: url })
  await client.connect()
  await migrateUpTo(client, '0000_start')
  for (const row of rows) await client.query(row)
  await client.end()

  const store = stack.use(
    await openStore({
      databaseUrl: secret(url),
      dataFolder: '/nonexistent',
      logger: createLogger('silent'),
      clock: systemClock,
    }),
  )
  const { rows: imports } = await store.pool.query<{ id: string }>('select id from connector')
  const { rows: connections } = await store.pool.query<{ id: string; import_id: string | null }>(
    'select id, import_id from connection',
  )
  expect(Object.fromEntries(connections.map(({ id, import_id }) => [id, import_id]))).toEqual({
    [ids.older]: null,
    [ids.own]: imports[0]?.id,
    [ids.stranger]: null,
    [ids.shipped]: null,
  })
  const { rows: grants } = await store.pool.query('select resource_id, principal_id from access_grant')
  expect(grants).toEqual([{ resource_id: imports[0]?.id, principal_id: `crm ${after}` }])
})
