// `serve --watch`: connectors in folders are edited, broken, mended, added and removed while the hub serves.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HubClient, signUp } from '../../harness/client.ts'
import { runCommand } from '../../harness/command.ts'
import { type Hub, startHub, waitFor } from '../../harness/hub.ts'
import { apiDocument, startUpstream, type Upstream } from './upstream.ts'

let upstream: Upstream
let folder: string
let hub: Hub
let ada: HubClient
let eve: HubClient
beforeAll(async () => {
  upstream = await startUpstream()
  folder = await mkdtemp(join(tmpdir(), 'junctor-watch-'))
  await write('Edited', apiDocument('old'))
  await write('Other', apiDocument('old'))
  await write('more/Sql', apiDocument('mine'))
  hub = await startHub({
    env: { ...upstream.env, JUNCTOR_CONNECTORS: folder, JUNCTOR_SIGNUP: 'open' },
    arguments: ['--watch'],
  })
  ada = await signUp(hub.url)
  eve = await signUp(hub.url, 'eve@example.com')
}, 60_000)
afterAll(async () => {
  await hub[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function write(name: string, document: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, name, 'apiDefinition.swagger.json'), document)
}

async function statusOf(name: string): Promise<string | undefined> {
  const { connector } = await ada.query<{ connector: { status: string } | null }>(
    'query ($name: String!) { connector(name: $name) { status } }',
    { name },
  )
  return connector?.status
}

const until = (name: string, status: string | undefined) =>
  waitFor(
    async () => (await statusOf(name)) === status,
    () => `${name} does not become ${status}.\n${hub.output()}`,
  )

const answers = async (query: string) => (await ada.answer(query)).errors === undefined

test('an edit serves without a restart, and calls under way finish', async () => {
  expect(await ada.query('{ edited_getNow { old } }')).toEqual({ edited_getNow: { old: 'old' } })
  const slow = ada.query('{ edited_getSlow { old } }')
  await waitFor(
    async () => upstream.held.length === 1,
    () => 'The slow call did not arrive.',
  )
  await write('Edited', apiDocument('new'))
  await waitFor(
    () => answers('{ edited_getNow { new } }'),
    () => `The edit is not seen.\n${hub.output()}`,
  )
  upstream.held.pop()?.writeHead(200, { 'content-type': 'application/json' }).end('{"old":"kept"}')
  expect(await slow).toEqual({ edited_getSlow: { old: 'kept' } })
})

test('a broken edit quarantines that connector alone, and a mended one brings it back', async () => {
  await write('Edited', '{ "swagger": "2.0", <<<<<<<')
  await until('edited', 'QUARANTINED')
  const broken = await ada.answer('{ edited_getNow { new } }')
  expect(broken.errors?.[0]?.extensions.code).toBe('CONNECTOR_QUARANTINED')
  expect(await ada.query('{ other_getNow { old } }')).toEqual({ other_getNow: { old: 'old' } })
  await write('Edited', apiDocument('mended'))
  await waitFor(
    () => answers('{ edited_getNow { mended } }'),
    () => `The mended connector does not come back.\n${hub.output()}`,
  )
})

test('a folder that is added serves; one that is removed does not', async () => {
  await write('vendor/Added', apiDocument('old'))
  await waitFor(
    () => answers('{ added_getNow { old } }'),
    () => `The added connector does not serve.\n${hub.output()}`,
  )
  await rm(join(folder, 'vendor'), { recursive: true })
  await until('added', undefined)
  const gone = await ada.answer('{ added_getNow { old } }')
  expect(gone.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
  expect(await ada.query('{ other_getNow { old } }')).toEqual({ other_getNow: { old: 'old' } })
})

describe('a folder that has the name of an import', () => {
  const answersOf = async (person: HubClient, query: string) => {
    const { errors } = await person.answer(query)
    return errors?.[0]?.extensions.code ?? 'OK'
  }
  const connect = (person: HubClient, name: string) =>
    person.query<{ createConnection: { connection: { id: string } } }>(
      'mutation ($name: String!) { createConnection(input: { connector: "hidden", name: $name }) { connection { id } } }',
      { name },
    )
  const diagnosed = async (person: HubClient) => {
    const { connector } = await person.query<{ connector: { diagnostics: { code: string }[] } }>(
      '{ connector(name: "hidden") { diagnostics { code } } }',
    )
    return connector.diagnostics.some(({ code }) => code === 'IMPORT_HIDDEN')
  }
  const theirsServe = () =>
    waitFor(
      () => answers('{ hidden_getNow { theirs } }'),
      () => `The folder does not serve.\n${hub.output()}`,
    )

  test('serves everybody, and gives the name back when it goes', async () => {
    await ada.query(
      'mutation ($document: String!) { importConnector(input: { name: "hidden", document: $document }) { connector { name } } }',
      { document: apiDocument('mine') },
    )
    const { createConnection } = await connect(ada, 'mine')
    await write('Hidden', apiDocument('theirs'))
    await theirsServe()
    expect(hub.output()).toContain('The import \\"hidden\\" does not serve')
    expect([await diagnosed(ada), await diagnosed(eve)]).toEqual([true, false])

    expect(await answersOf(eve, '{ hidden_getNow { theirs } }')).toBe('OK')
    await connect(eve, 'theirs')
    expect(await answersOf(eve, '{ hidden_getNow { theirs } }')).toBe('OK')
    // What was made for the import is not used with the folder's connector.
    const { id } = createConnection.connection
    expect(await answersOf(ada, `{ hidden_getNow(connection: "${id}") { theirs } }`)).toBe(
      'CONNECTION_NOT_FOUND',
    )
    expect(await answersOf(ada, `mutation { testConnection(id: "${id}") { ok } }`)).toBe(
      'CONNECTOR_NOT_FOUND',
    )
    expect(await ada.query(`{ connection(id: "${id}") { connector { custom status } } }`)).toEqual({
      connection: { connector: { custom: true, status: 'QUARANTINED' } },
    })

    await rm(join(folder, 'Hidden'), { recursive: true })
    await waitFor(
      () => answers(`{ hidden_getNow(connection: "${id}") { mine } }`),
      () => `The import does not come back.\n${hub.output()}`,
    )
    expect(await answersOf(eve, '{ hidden_getNow { theirs } }')).toBe('GRAPHQL_VALIDATION_FAILED')
  })

  test('does not keep its people from removing the import', async () => {
    await write('Hidden', apiDocument('theirs'))
    await theirsServe()
    const removing = 'mutation { removeConnector(name: "hidden") }'
    expect(await answersOf(eve, removing), 'the folder’s is nobody’s to remove').toBe('CONFLICT')
    expect(await answersOf(ada, removing)).toBe('OK')
    expect(await answersOf(ada, removing)).toBe('CONFLICT')
    expect(await diagnosed(ada)).toBe(false)
    expect(await answers('{ hidden_getNow { theirs } }')).toBe(true)
    await rm(join(folder, 'Hidden'), { recursive: true })
    await until('hidden', undefined)
  })
})

test('a folder called as a connector that ships with the hub serves under the name that the commands print', async () => {
  expect(await answers('{ sqlmore_getNow { mine } }')).toBe(true)
  expect(await ada.query('{ connector(name: "sqlmore") { diagnostics { code message } } }')).toMatchObject({
    connector: {
      diagnostics: [
        {
          code: 'NAME_DUPLICATE',
          message: 'Another connector is called "sql"; this one is called "sqlmore".',
        },
      ],
    },
  })
  expect(hub.output()).toContain('this one is called \\"sqlmore\\"')
  const { code, output } = await runCommand(['schema', 'sqlmore'], { JUNCTOR_CONNECTORS: folder })
  expect(code).toBe(0)
  expect(output).toContain('sqlmore_getNow')
})
