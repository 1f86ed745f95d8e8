// Two hubs on one database: what is imported, replaced or removed at one serves at the other.
import { describe, expect, test } from 'vitest'
import { clientOf, signUp } from '../../harness/client.ts'
import { administer, databaseUrl, uniqueDatabase } from '../../harness/database-server.ts'
import { startHub, waitFor } from '../../harness/hub.ts'
import { hasMachineServer, machineServerUrl } from '../../harness/machine-server.ts'
import { requirement } from '../../harness/requirement.ts'
import { apiDocument, startUpstream } from './upstream.ts'

const present = requirement('a PostgreSQL that two hubs can share', await hasMachineServer())

describe.skipIf(!present)('two hubs on one database', () => {
  test('see each other’s imports', { timeout: 120_000 }, async () => {
    const database = uniqueDatabase()
    await administer(machineServerUrl, `create database ${database}`)
    await using stack = new AsyncDisposableStack()
    stack.defer(() => administer(machineServerUrl, `drop database ${database} with (force)`))
    const upstream = stack.use(await startUpstream())
    const env = { ...upstream.env, DATABASE_URL: databaseUrl(machineServerUrl, database) }
    const first = stack.use(await startHub({ env }))
    // One key for both: what one seals the other opens.
    const second = stack.use(await startHub({ env, dataFolder: first.dataFolder }))
    const here = await signUp(first.url)
    const there = clientOf(second.url, here.email, here.headers)

    const put = (document: string) =>
      here.query(
        'mutation ($document: String!) { importConnector(input: { name: "shared", document: $document, replace: true }) { connector { name } } }',
        { document },
      )
    const serves = async (member: string) =>
      (await there.answer(`{ shared_getNow { ${member} } }`)).errors === undefined

    await put(apiDocument('old'))
    await waitFor(
      () => serves('old'),
      () => `The import is not seen.\n${second.output()}`,
      20,
    )
    await put(apiDocument('new'))
    await waitFor(
      () => serves('new'),
      () => `The replacement is not seen.\n${second.output()}`,
      20,
    )
    expect(await serves('old')).toBe(false)
    await here.query('mutation { removeConnector(name: "shared") }')
    await waitFor(
      async () =>
        (await there.query<{ connector: unknown }>('{ connector(name: "shared") { name } }')).connector ===
        null,
      () => `The removal is not seen.\n${second.output()}`,
      20,
    )
  })
})
