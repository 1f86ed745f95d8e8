// The audit log of a person in two organizations: what is done to a connection is in the log of its organization.
import { expect, test } from 'vitest'
import { clientOf } from '../harness/client.ts'
import { startHub } from '../harness/hub.ts'

test('a connection and a feed that are deleted from another organization stay in the log of their own', async () => {
  await using hub = await startHub()
  const auth = async (path: string, body: object, headers = {}) => {
    const response = await fetch(`${hub.url}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: hub.url, ...headers },
      body: JSON.stringify(body),
    })
    return { token: response.headers.get('set-auth-token'), body: (await response.json()) as { id: string } }
  }
  const email = 'ada@example.com'
  const { token } = await auth('/sign-up/email', { name: 'Ada', email, password: 'correct horse battery' })
  const headers = { authorization: `Bearer ${token}` }
  const ada = clientOf(hub.url, email, headers)
  const enter = (organizationId: string) => auth('/organization/set-active', { organizationId }, headers)
  const log = async () => {
    const { auditLog } = await ada.query<{ auditLog: { nodes: { action: string }[] } }>(
      '{ auditLog { nodes { action } } }',
    )
    return auditLog.nodes.map(({ action }) => action)
  }

  const home = (
    await ada.query<{ viewer: { organization: { id: string } } }>('{ viewer { organization { id } } }')
  ).viewer.organization.id
  const { createConnection } = await ada.query<{ createConnection: { connection: { id: string } } }>(
    'mutation { createConnection(input: { connector: "sql", name: "shop", authentication: "sample" }) { connection { id } } }',
  )
  const { createFeed } = await ada.query<{ createFeed: { id: string } }>(
    'mutation { createFeed(input: { field: "sql_onNewRow", arguments: { table: "customers" } }) { id } }',
  )
  const away = (await auth('/organization/create', { name: 'Away', slug: 'away' }, headers)).body.id
  await enter(away)
  await ada.query(`mutation { deleteFeed(id: "${createFeed.id}") }`)
  await ada.query(`mutation { deleteConnection(id: "${createConnection.connection.id}") }`)
  expect(await log()).toEqual([])
  await enter(home)
  expect(await log()).toEqual(['deleteConnection', 'deleteFeed', 'createFeed', 'createConnection'])
})
