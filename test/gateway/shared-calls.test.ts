// One GraphQL operation asks an API once for what it names twice, and for each connection on its own.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type HubClient, signUp } from '../harness/client.ts'
import { type Hub, startHub } from '../harness/hub.ts'
import { json, startUpstream, type UpstreamServer } from '../invocation/upstream-server.ts'

const thing = { type: 'object', properties: { key: { type: 'string' } } }
const responses = { 200: { description: 'OK', schema: thing } }
const document = JSON.stringify({
  swagger: '2.0',
  info: { title: 'Things', version: '1' },
  host: 'api.example.com',
  schemes: ['https'],
  securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
  security: [{ key: [] }],
  paths: {
    '/thing': {
      get: { operationId: 'GetThing', responses },
      post: { operationId: 'MakeThing', responses },
    },
    '/choose': {
      get: {
        operationId: 'Choose',
        parameters: ['one', 'other'].map(name => ({
          name,
          in: 'query',
          type: 'string',
          'x-ms-dynamic-values': { operationId: 'GetThing', 'value-path': 'key', 'value-title': 'key' },
        })),
        responses,
      },
    },
  },
})

let upstream: UpstreamServer
let hub: Hub
let ada: HubClient
beforeAll(async () => {
  upstream = await startUpstream()
  upstream.answer = (request, response) => json({ key: request.headers['x-key'] })(request, response)
  hub = await startHub({
    env: {
      JUNCTOR_ORIGINS: `https://api.example.com=${upstream.origin}`,
      JUNCTOR_ALLOW_PRIVATE: upstream.origin,
    },
  })
  ada = await signUp(hub.url)
  await ada.query(
    'mutation ($document: String!) { importConnector(input: { name: "things", document: $document }) { connector { status } } }',
    { document },
  )
  const { connector } = await ada.query<{
    connector: { authentications: { name: string; parameters: { name: string }[] }[] }
  }>('{ connector(name: "things") { authentications { name parameters { name } } } }')
  const [how] = connector.authentications
  for (const name of ['mine', 'theirs'])
    await ada.query(
      'mutation ($input: CreateConnectionInput!) { createConnection(input: $input) { connection { id } } }',
      {
        input: {
          connector: 'things',
          name,
          authentication: how?.name,
          parameters: Object.fromEntries(
            (how?.parameters ?? []).map(parameter => [parameter.name, `key-${name}`]),
          ),
        },
      },
    )
}, 60_000)
beforeEach(() => {
  upstream.seen.length = 0
})
afterAll(async () => {
  await hub[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

test('a query makes a call once for each connection, and the next query makes it again', async () => {
  const query = `{
    a: things_getThing(connection: "mine") { key }
    b: things_getThing(connection: "mine") { key }
    c: things_getThing(connection: "theirs") { key }
  }`
  const answer = { a: { key: 'key-mine' }, b: { key: 'key-mine' }, c: { key: 'key-theirs' } }
  expect(await ada.query(query)).toEqual(answer)
  expect(upstream.seen.map(({ headers }) => headers['x-key']).sort()).toEqual(['key-mine', 'key-theirs'])
  expect(await ada.query(query)).toEqual(answer)
  expect(upstream.seen).toHaveLength(4)
})

test('a mutation is made as often as it is named', async () => {
  await ada.query(
    'mutation { a: things_makeThing(connection: "mine") { key } b: things_makeThing(connection: "mine") { key } }',
  )
  expect(upstream.seen).toHaveLength(2)
})

test('choices that come from one call are asked for once', async () => {
  const options = (name: string) =>
    `${name}: parameterOptions(field: "things_choose", parameter: "${name}", connection: "mine") { value }`
  await ada.query(`{ ${options('one')} ${options('other')} }`)
  expect(upstream.seen.map(({ path }) => path)).toEqual(['/thing'])
})
