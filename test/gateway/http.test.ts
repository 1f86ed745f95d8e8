// The gateway’s surface, from outside: a real hub, plain HTTP and WebSocket.
import { buildSchema, parse, validateSchema } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientOf, type HubClient, signUp } from '../harness/client.ts'
import { type Hub, startHub } from '../harness/hub.ts'

let hub: Hub
let ada: HubClient
beforeAll(async () => {
  hub = await startHub({ env: { JUNCTOR_SIGNUP: 'open' } })
  ada = await signUp(hub.url)
}, 60_000)
afterAll(async () => {
  await hub[Symbol.asyncDispose]()
})

const post = (body: string, headers: Record<string, string>, path = '/graphql') =>
  fetch(`${hub.url}${path}`, { method: 'POST', headers, body })

describe('requests', () => {
  test('what is public answers a stranger; what is not says how to sign in', async () => {
    const stranger = clientOf(hub.url, '', {})
    expect(await stranger.query('{ viewer { email } }')).toEqual({ viewer: null })
    const refused = await stranger.answer('{ sql_listTables { value { name } } }')
    expect(refused.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    expect((await stranger.answer('{ connectors { totalCount } }')).errors?.[0]?.extensions.code).toBe(
      'UNAUTHENTICATED',
    )
  })

  test('a form of another site cannot post (CSRF)', async () => {
    const query = JSON.stringify({ query: '{ viewer { email } }' })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect([400, 415], type).toContain((await post(query, { 'content-type': type })).status)
    const address = `${hub.url}/graphql?query=${encodeURIComponent('{ viewer { email } }')}`
    expect((await fetch(address)).status).toBe(400)
    const asked = await fetch(address, { headers: { 'apollo-require-preflight': 'true' } })
    expect(await asked.json()).toEqual({ data: { viewer: null } })
  })

  test('a mutation by GET is refused', async () => {
    const query = encodeURIComponent('mutation { deleteFeed(id: "x") }')
    const answer = await fetch(`${hub.url}/graphql?query=${query}`, {
      headers: { 'apollo-require-preflight': 'true', ...ada.headers },
    })
    expect(answer.status).toBe(405)
  })

  test('other methods are refused with those that are not', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const answer = await fetch(`${hub.url}/graphql`, { method })
      expect([answer.status, answer.headers.get('allow')], method).toEqual([405, 'GET, POST'])
    }
    expect((await fetch(`${hub.url}/`, { method: 'HEAD' })).status).toBe(200)
  })

  test.each([
    [
      'an operation of another name',
      { query: '{ __typename }', operationName: 'x' },
      /no operation named "x"/,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'no name where there are several',
      { query: 'query A { __typename } query B { __typename }' },
      /operationName/,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'a subscription',
      { query: 'subscription { sql_onNewRow(table: "customers") { id } }' },
      /WebSocket/,
      'BAD_INPUT',
    ],
  ])('%s over HTTP is the caller’s mistake, and the answer says which', async (_name, body, says, code) => {
    const answer = await post(JSON.stringify(body), { 'content-type': 'application/json', ...ada.headers })
    expect(answer.status).toBe(400)
    const { errors } = (await answer.json()) as {
      errors: { message: string; extensions: { code: string } }[]
    }
    expect(errors[0]?.message).toMatch(says)
    expect(errors[0]?.extensions.code).toBe(code)
  })

  test('fragments that double at every level cost what they are long', async () => {
    const levels = Array.from(
      { length: 60 },
      (_, level) => `fragment F${level} on Query { ...F${level + 1} ...F${level + 1} }`,
    )
    const answer = await ada.answer(`{ ...F0 } ${levels.join(' ')} fragment F60 on Query { __typename }`)
    expect(answer.errors?.[0]?.extensions.code).toBe('LIMIT_EXCEEDED')
  })

  test('an unknown field is a validation error with status 400 that names it', async () => {
    const answer = await post(JSON.stringify({ query: '{ nonsense }' }), {
      'content-type': 'application/json',
      ...ada.headers,
    })
    expect(answer.status).toBe(400)
    const body = (await answer.json()) as { errors: { message: string; extensions: { code: string } }[] }
    expect(body.errors[0]?.message).toContain('nonsense')
    expect(body.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
  })

  test.each([
    [
      'depth',
      `{ connectors { nodes { connections { connector ${'{ connections { connector '.repeat(8)} { name } ${'} }'.repeat(8)} } } } }`,
    ],
    ['aliases', `{ ${Array.from({ length: 60 }, (_, index) => `a${index}: viewer { email }`).join(' ')} }`],
    [
      'root fields',
      `mutation { ${Array.from({ length: 31 }, (_, index) => `a${index}: deleteFeed(id: "x")`).join(' ')} }`,
    ],
    ['tokens', `{ viewer { ${'email '.repeat(11_000)} } }`],
  ])('a document beyond the limit of %s is refused before it runs', async (_name, query) => {
    const answer = await ada.answer(query)
    expect(answer.errors?.[0]?.message).toMatch(/limit|at most|exceeded|contains more/i)
  })

  test('an upstream’s status is told and does not become the hub’s own', async () => {
    await ada.query(
      'mutation { createConnection(input: { connector: "sql", name: "shop", authentication: "sample" }) { connection { id } } }',
    )
    const answer = await post(JSON.stringify({ query: '{ sql_getRow(table: "customers", id: "999999") }' }), {
      'content-type': 'application/json',
      ...ada.headers,
    })
    expect(answer.status).toBe(200)
    const body = (await answer.json()) as { errors: { extensions: object }[] }
    expect(body.errors[0]?.extensions).toMatchObject({
      code: 'UPSTREAM_ERROR',
      connector: 'sql',
      operation: 'GetRow',
      http: { status: 404 },
    })
  })
})

describe('slices', () => {
  test('introspection shows the bundled connectors, and a schema that stands', async () => {
    const { __schema } = await ada.query<{ __schema: { queryType: { fields: { name: string }[] } } }>(
      '{ __schema { queryType { fields { name } } } }',
    )
    const names = __schema.queryType.fields.map(field => field.name)
    expect(names).toEqual(expect.arrayContaining(['viewer', 'connectors', 'sql_listRows', 'sql_listTables']))
  })

  test('a connector’s subgraph tells its SDL to routers and answers its own fields only', async () => {
    const answer = await post(
      JSON.stringify({ query: '{ _service { sdl } }' }),
      { 'content-type': 'application/json', ...ada.headers },
      '/graphql/sql',
    )
    const { data } = (await answer.json()) as { data: { _service: { sdl: string } } }
    const { sdl } = data._service
    expect(sdl).toContain('@link(url: "https://specs.apollo.dev/federation/v2')
    expect(sdl).toContain('sql_listRows')
    expect(sdl).not.toContain('webhook_')
    parse(sdl)
    const plain = sdl.replace(/extend schema @link\(.*?\)\n/s, '').replace(/@shareable|@key\(.*?\)/g, '')
    expect(validateSchema(buildSchema(plain))).toEqual([])

    const other = await post(
      JSON.stringify({ query: '{ viewer { email } }' }),
      { 'content-type': 'application/json', ...ada.headers },
      '/graphql/sql',
    )
    expect(other.status).toBe(400)
    const absent = await post(
      JSON.stringify({ query: '{ __typename }' }),
      { 'content-type': 'application/json', ...ada.headers },
      '/graphql/absent',
    )
    expect(await absent.text()).toContain('CONNECTOR_NOT_FOUND')
  })

  test('an imported connector is its organization’s alone', async () => {
    const document = JSON.stringify({
      swagger: '2.0',
      info: { title: 'Secret API', version: '1' },
      host: 'api.example.com',
      paths: { '/x': { get: { operationId: 'GetX', responses: { 200: { description: 'OK' } } } } },
    })
    await ada.query(
      'mutation ($document: String!) { importConnector(input: { name: "secretapi", document: $document }) { connector { name } } }',
      { document },
    )
    const grace = await signUp(hub.url, 'grace@example.com')
    expect(await grace.query('{ connector(name: "secretapi") { name } }')).toEqual({ connector: null })
    expect((await grace.answer('{ secretapi_getX }')).errors?.[0]?.extensions.code).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    )
    const taken = await grace.answer(
      'mutation ($document: String!) { importConnector(input: { name: "secretapi", document: $document, replace: true }) { connector { name } } }',
      { document },
    )
    expect(taken.errors?.[0]?.extensions.code).toBe('CONFLICT')
    expect(await ada.query('mutation { removeConnector(name: "secretapi") }')).toEqual({
      removeConnector: 'secretapi',
    })
    expect(await ada.query('{ connector(name: "secretapi") { name } }')).toEqual({ connector: null })
  })

  test('a document that is no API is refused with the reason', async () => {
    const answer = await ada.answer(
      'mutation { importConnector(input: { name: "nothing", document: "just: text" }) { connector { name } } }',
    )
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_INPUT')
    expect(answer.errors?.[0]?.message).toContain('nothing')
    expect(await ada.query('{ connector(name: "nothing") { name } }')).toEqual({ connector: null })
  })
})

describe('operations', () => {
  test('health, readiness and metrics', async () => {
    expect((await fetch(`${hub.url}/health`)).status).toBe(200)
    expect((await fetch(`${hub.url}/ready`)).status).toBe(200)
    const metrics = await (await fetch(`${hub.url}/metrics`)).text()
    expect(metrics).toMatch(/junctor_graphql_operations_total\{type="query",outcome="ok"\} \d+/)
  })

  test('SIGTERM ends the hub with exit code 0 and leaves no process behind', async () => {
    await using second = await startHub()
    expect(await second.stop('SIGTERM')).toBe(0)
    await expect(fetch(`${second.url}/health`)).rejects.toThrow()
  })
})
