// `serve --watch`: connectors in folders are edited, broken, mended, added and removed while the hub serves.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HubClient, signUp } from '../../harness/client.ts'
import { type Hub, startHub, waitFor } from '../../harness/hub.ts'
import { apiDocument, startUpstream, type Upstream } from './upstream.ts'

let upstream: Upstream
let folder: string
let hub: Hub
let ada: HubClient
beforeAll(async () => {
  upstream = await startUpstream()
  folder = await mkdtemp(join(tmpdir(), 'junctor-watch-'))
  await write('Edited', apiDocument('old'))
  await write('Other', apiDocument('old'))
  hub = await startHub({
    env: { ...upstream.env, JUNCTOR_CONNECTORS: folder },
    arguments: ['--watch'],
  })
  ada = await signUp(hub.url)
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

test('a folder hides an import of its name, and gives it back when it goes', async () => {
  await ada.query(
    'mutation ($document: String!) { importConnector(input: { name: "hidden", document: $document }) { connector { name } } }',
    { document: apiDocument('mine') },
  )
  await write('Hidden', apiDocument('theirs'))
  await waitFor(
    () => answers('{ hidden_getNow { theirs } }'),
    () => `The folder does not serve.\n${hub.output()}`,
  )
  await rm(join(folder, 'Hidden'), { recursive: true })
  await waitFor(
    () => answers('{ hidden_getNow { mine } }'),
    () => `The import does not come back.\n${hub.output()}`,
  )
})
