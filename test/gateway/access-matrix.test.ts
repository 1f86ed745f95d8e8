// Who may do what through the API: every root field of the hub has a row; a field without one fails this suite.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Kind, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientOf, type HubClient, signUp } from '../harness/client.ts'
import { type Hub, startHub } from '../harness/hub.ts'

interface Things {
  readonly connection: string
  readonly feed: string
  readonly grant: string
  readonly graceId: string
  readonly organization: string
}

interface Row {
  /** Run by each kind of person. */
  readonly document: (things: Things) => string
  /** Error code, or `null` for data that is null or empty, or `OK`. */
  readonly anonymous: string | null
  /** Somebody of another organization without any grant. */
  readonly stranger: string | null
}

const signedOut = 'UNAUTHENTICATED'

const matrix: Readonly<Record<string, Row>> = {
  'Query.viewer': { document: () => '{ viewer { email } }', anonymous: null, stranger: 'OK' },
  'Query.connectors': {
    document: () => '{ connectors { totalCount } }',
    anonymous: signedOut,
    stranger: 'OK',
  },
  'Query.connector': {
    document: () => '{ connector(name: "private") { name } }',
    anonymous: signedOut,
    stranger: null,
  },
  'Query.connections': {
    document: () => '{ connections { nodes { id } } }',
    anonymous: signedOut,
    stranger: null,
  },
  'Query.connection': {
    document: ({ connection }) => `{ connection(id: "${connection}") { id } }`,
    anonymous: signedOut,
    stranger: null,
  },
  'Query.feeds': { document: () => '{ feeds { nodes { id } } }', anonymous: signedOut, stranger: null },
  'Query.feed': {
    document: ({ feed }) => `{ feed(id: "${feed}") { id } }`,
    anonymous: signedOut,
    stranger: null,
  },
  'Query.parameterOptions': {
    document: ({ connection }) =>
      `{ parameterOptions(field: "sql_listRows", parameter: "table", connection: "${connection}") { value } }`,
    anonymous: signedOut,
    stranger: 'CONNECTION_NOT_FOUND',
  },
  'Query.dynamicSchema': {
    document: ({ connection }) =>
      `{ dynamicSchema(field: "sql_insertRow", parameter: "input", connection: "${connection}", arguments: { table: "customers" }) }`,
    anonymous: signedOut,
    stranger: 'CONNECTION_NOT_FOUND',
  },
  'Query.auditLog': {
    document: ({ connection }) => `{ auditLog(connection: "${connection}") { nodes { id } } }`,
    anonymous: signedOut,
    stranger: 'CONNECTION_NOT_FOUND',
  },
  'Mutation.createConnection': {
    document: () =>
      'mutation { createConnection(input: { connector: "private", name: "x" }) { connection { id } } }',
    anonymous: signedOut,
    stranger: 'CONNECTOR_NOT_FOUND',
  },
  'Mutation.updateConnection': {
    document: ({ connection }) =>
      `mutation { updateConnection(id: "${connection}", input: { name: "mine" }) { connection { id } } }`,
    anonymous: signedOut,
    stranger: 'CONNECTION_NOT_FOUND',
  },
  'Mutation.testConnection': {
    document: ({ connection }) => `mutation { testConnection(id: "${connection}") { ok } }`,
    anonymous: signedOut,
    stranger: 'CONNECTION_NOT_FOUND',
  },
  'Mutation.setDefaultConnection': {
    document: ({ connection }) => `mutation { setDefaultConnection(id: "${connection}") { id } }`,
    anonymous: signedOut,
    stranger: 'CONNECTION_NOT_FOUND',
  },
  'Mutation.deleteConnection': {
    document: ({ connection }) => `mutation { deleteConnection(id: "${connection}") }`,
    anonymous: signedOut,
    stranger: 'CONNECTION_NOT_FOUND',
  },
  'Mutation.grantConnection': {
    document: ({ connection, graceId }) =>
      `mutation { grantConnection(id: "${connection}", to: { kind: USER, id: "${graceId}" }, role: OWN) { id } }`,
    anonymous: signedOut,
    stranger: 'CONNECTION_NOT_FOUND',
  },
  'Mutation.grantConnector': {
    document: ({ graceId }) =>
      `mutation { grantConnector(name: "private", to: { kind: USER, id: "${graceId}" }, role: OWN) { id } }`,
    anonymous: signedOut,
    stranger: 'CONNECTOR_NOT_FOUND',
  },
  'Mutation.revokeGrant': {
    document: ({ grant }) => `mutation { revokeGrant(id: "${grant}") }`,
    anonymous: signedOut,
    stranger: 'NOT_FOUND',
  },
  'Mutation.importConnector': {
    document: () =>
      'mutation { importConnector(input: { name: "private", document: "{}", replace: true }) { connector { name } } }',
    anonymous: signedOut,
    stranger: 'CONFLICT',
  },
  'Mutation.removeConnector': {
    document: () => 'mutation { removeConnector(name: "private") }',
    anonymous: signedOut,
    stranger: 'CONNECTOR_NOT_FOUND',
  },
  'Mutation.createFeed': {
    document: ({ connection }) =>
      `mutation { createFeed(input: { field: "sql_onNewRow", connection: "${connection}", arguments: { table: "customers" } }) { id } }`,
    anonymous: signedOut,
    stranger: 'CONNECTION_NOT_FOUND',
  },
  'Mutation.pauseFeed': {
    document: ({ feed }) => `mutation { pauseFeed(id: "${feed}") { id } }`,
    anonymous: signedOut,
    stranger: 'FEED_NOT_FOUND',
  },
  'Mutation.resumeFeed': {
    document: ({ feed }) => `mutation { resumeFeed(id: "${feed}") { id } }`,
    anonymous: signedOut,
    stranger: 'FEED_NOT_FOUND',
  },
  'Mutation.deleteFeed': {
    document: ({ feed }) => `mutation { deleteFeed(id: "${feed}") }`,
    anonymous: signedOut,
    stranger: 'FEED_NOT_FOUND',
  },
  'Subscription.feedEvents': {
    document: ({ feed }) => `subscription { feedEvents(feed: "${feed}") { id } }`,
    anonymous: signedOut,
    stranger: 'FEED_NOT_FOUND',
  },
}

const hubSdl = readFileSync(join(import.meta.dirname, '../../schema/hub.graphql'), 'utf8')
const roots = parse(hubSdl)
  .definitions.filter(definition => definition.kind === Kind.OBJECT_TYPE_DEFINITION)
  .filter(({ name }) => ['Query', 'Mutation', 'Subscription'].includes(name.value))
  .flatMap(type => (type.fields ?? []).map(field => `${type.name.value}.${field.name.value}`))

test('every root field of the hub has a row', () => {
  expect(Object.keys(matrix).sort()).toEqual([...roots].sort())
})

describe('by kind of person', () => {
  let hub: Hub
  let ada: HubClient
  let grace: HubClient
  let things: Things
  beforeAll(async () => {
    hub = await startHub({ env: { JUNCTOR_SIGNUP: 'open' } })
    ada = await signUp(hub.url)
    grace = await signUp(hub.url, 'grace@example.com')
    const document = JSON.stringify({
      swagger: '2.0',
      info: { title: 'Private', version: '1' },
      host: 'api.example.com',
      paths: { '/x': { get: { operationId: 'GetX', responses: { 200: { description: 'OK' } } } } },
    })
    const { createConnection, importConnector: _ } = await ada.query<{
      createConnection: { connection: { id: string } }
      importConnector: unknown
    }>(
      `mutation ($document: String!) {
        createConnection(input: { connector: "sql", name: "shop", authentication: "sample" }) { connection { id } }
        importConnector(input: { name: "private", document: $document }) { connector { name } }
      }`,
      { document },
    )
    const { viewer } = await ada.query<{ viewer: { organization: { id: string } } }>(
      '{ viewer { organization { id } } }',
    )
    const { viewer: other } = await grace.query<{ viewer: { id: string } }>('{ viewer { id } }')
    const connection = createConnection.connection.id
    const { createFeed } = await ada.query<{ createFeed: { id: string } }>(
      `mutation { createFeed(input: { field: "sql_onNewRow", arguments: { table: "customers" } }) { id } }`,
    )
    const { grantConnection } = await ada.query<{ grantConnection: { id: string } }>(
      `mutation { grantConnection(id: "${connection}", to: { kind: ORGANIZATION, id: "${viewer.organization.id}" }, role: USE) { id } }`,
    )
    things = {
      connection,
      feed: createFeed.id,
      grant: grantConnection.id,
      graceId: other.id,
      organization: viewer.organization.id,
    }
  }, 60_000)
  afterAll(() => hub[Symbol.asyncDispose]())

  /** What a person gets: an error's code, null for nothing, OK for something. */
  async function outcome(person: HubClient, document: string): Promise<string | null> {
    if (document.startsWith('subscription')) {
      await using events = person.subscribe(document)
      return await events.next(2).then(
        () => 'OK',
        (error: Error) => /"code":"(\w+)"/.exec(error.message)?.[1] ?? error.message,
      )
    }
    const { data, errors } = await person.answer<Record<string, unknown>>(document)
    const code = errors?.[0]?.extensions.code
    if (typeof code === 'string') return code
    return isNothing(Object.values(data)[0]) ? null : 'OK'
  }

  test.each(Object.entries(matrix))('%s', async (_field, row) => {
    const document = row.document(things)
    expect(await outcome(clientOf(hub.url, '', {}), document), 'nobody signed in').toBe(row.anonymous)
    expect(await outcome(grace, document), 'somebody of another organization').toBe(row.stranger)
  })

  test('and nothing of the owner’s was changed by any of it', async () => {
    const state = await ada.query<{
      connection: { name: string }
      feed: { status: string }
      connector: { name: string }
    }>(
      `{ connection(id: "${things.connection}") { name } feed(id: "${things.feed}") { status } connector(name: "private") { name } }`,
    )
    expect(state).toMatchObject({
      connection: { name: 'shop' },
      feed: { status: 'ACTIVE' },
      connector: { name: 'private' },
    })
  })
})

/** Null, an empty list, or a page without nodes. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  return (
    typeof value === 'object' && 'nodes' in value && Array.isArray(value.nodes) && value.nodes.length === 0
  )
}
