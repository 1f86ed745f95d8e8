// Somebody's own Federation 2 router in front of the hub: it composes connectors, and callers keep their identity.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientOf, type HubClient, signUp } from '../../harness/client.ts'
import { runCommand } from '../../harness/command.ts'
import { type Hub, startHub, waitFor } from '../../harness/hub.ts'
import { type Library, startLibrary } from './library.ts'
import { installRouter, type Router, startRouter } from './router.ts'

const stack = new AsyncDisposableStack()
let hub: Hub
let library: Library
let router: Router
let client: HubClient
let routed: HubClient
let supergraph: string

beforeAll(async () => {
  installRouter()
  const folder = await mkdtemp(join(tmpdir(), 'junctor-federation-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  library = stack.use(await startLibrary())
  hub = stack.use(await startHub({ env: { JUNCTOR_ALLOW_PRIVATE: library.origin } }))
  client = await signUp(hub.url)
  await client.query(
    `mutation ($document: String!) {
      importConnector(input: { name: "library", document: $document }) { connector { status } }
      createConnection(input: { connector: "sql", name: "shop", authentication: "sample" }) { connection { id } }
    }`,
    { document: library.document },
  )
  const document = join(folder, 'library.json')
  await writeFile(document, library.document)
  const composed = await runCommand(['compose', 'sql', document, '--url', hub.url])
  expect(composed).toMatchObject({ code: 0, errors: '' })
  supergraph = composed.output
  await writeFile(join(folder, 'supergraph.graphql'), supergraph)
  router = stack.use(await startRouter(join(folder, 'supergraph.graphql')))
  routed = clientOf(router.url, client.email, client.headers)
})

afterAll(() => stack.disposeAsync())

test('the command composes what the subgraphs tell of themselves', async () => {
  const subgraphs = await Promise.all(
    ['hub', 'sql', 'library'].map(async name => {
      const url = `${hub.url}/graphql/${name}`
      return { name, url, typeDefs: parse(await subgraphSdl(url)) }
    }),
  )
  expect(composeServices(subgraphs).supergraphSdl?.trim()).toBe(supergraph.trim())
})

test('one query reads two connectors and the hub', async () => {
  const found = await routed.query(`{
    viewer { email }
    sql_listRows(table: "customers", filter: "city eq 'London'", order: "name", top: 1) { value }
    library_findBooks(subject: "computing") { title copies }
  }`)
  expect(found).toMatchObject({
    viewer: { email: client.email },
    sql_listRows: { value: [{ city: 'London' }] },
    library_findBooks: [
      { title: 'Introduction to Algorithms', copies: 3 },
      { title: 'Fundamental Algorithms', copies: 1 },
    ],
  })
})

test('a mutation reaches its connector, and the row is there', async () => {
  await routed.query('mutation ($row: JSON!) { sql_insertRow(table: "customers", input: $row) }', {
    row: { name: 'Mary Shelley', email: 'mary@example.com', city: 'Marlow' },
  })
  const direct = await client.query(
    `{ sql_listRows(table: "customers", filter: "city eq 'Marlow'", top: 5) { value } }`,
  )
  expect(direct).toMatchObject({ sql_listRows: { value: [{ name: 'Mary Shelley' }] } })
})

test('an event comes through, with its feed from the hub', async () => {
  await using events = routed.subscribe<{ sql_onNewRow: unknown }>(
    'subscription { sql_onNewRow(table: "orders") { cursor data feed { id field status } } }',
  )
  const arriving = events.next(60)
  await waitFor(
    async () => {
      const { feeds } = await client.query<{
        feeds: { nodes: { status: string; lastPollAt: string | null }[] }
      }>('{ feeds { nodes { status lastPollAt } } }')
      return feeds.nodes.some(({ status, lastPollAt }) => status === 'ACTIVE' && lastPollAt !== null)
    },
    () => 'The feed does not get active.',
  )
  await client.query('mutation ($row: JSON!) { sql_insertRow(table: "orders", input: $row) }', {
    row: { customer_id: 1, status: 'open' },
  })
  expect((await arriving).sql_onNewRow).toMatchObject({
    feed: { field: 'sql_onNewRow', status: 'ACTIVE' },
  })
})

test('without the caller’s key the hub refuses, and shows no private connector', async () => {
  const stranger = clientOf(router.url, 'nobody@example.com', {})
  const codes = async (document: string) =>
    (await stranger.answer<unknown>(document)).errors?.map(({ extensions }) => extensions.code)
  expect(await codes('{ sql_listTables { value { name } } }')).toEqual(['UNAUTHENTICATED'])
  expect(await codes('{ library_findBooks(subject: "computing") { title } }')).toEqual([
    'CONNECTOR_NOT_FOUND',
  ])
})

test('a feed is an entity for those alone who may see it', async () => {
  const { createFeed } = await client.query<{ createFeed: { id: string } }>(
    'mutation { createFeed(input: { field: "webhook_onRequest", arguments: { name: "private" } }) { id } }',
  )
  const representations = [
    { __typename: 'Feed', id: createFeed.id },
    { __typename: 'Feed', id: 'none' },
  ]
  const ask = (headers: Readonly<Record<string, string>>, given: readonly object[]) =>
    post(`${hub.url}/graphql/hub`, headers, {
      query:
        'query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Feed { id field } } }',
      variables: { of: given },
    })
  expect(await ask(client.headers, representations)).toEqual({
    data: { _entities: [{ __typename: 'Feed', id: createFeed.id, field: 'webhook_onRequest' }, null] },
  })
  expect(await ask({}, representations)).toMatchObject({
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  })
  expect(await ask(client.headers, [{ __typename: 'Viewer', id: '1' }])).toMatchObject({
    errors: [{ extensions: { code: 'BAD_INPUT' } }],
  })
})

async function subgraphSdl(url: string): Promise<string> {
  const { data } = (await post(url, client.headers, { query: '{ _service { sdl } }' })) as {
    data: { _service: { sdl: string } }
  }
  return data._service.sdl
}

async function post(url: string, headers: Readonly<Record<string, string>>, body: object): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return response.json()
}
