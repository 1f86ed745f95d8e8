// What an operation leaves behind, from outside: spans at a collector, metrics, and `extensions.trace` for those who may
// see it. A real hub, an API and a collector on loopback, and two people of one organization.
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { type Hub, startHub, waitFor } from '../harness/hub.ts'
import { type OtlpReceiver, startOtlpReceiver } from '../harness/otlp-receiver.ts'
import { json, startUpstream, type UpstreamServer } from '../invocation/upstream-server.ts'

const canary = 'sk-CANARY-0f3a'
const argument = 'argument-CANARY'

let upstream: UpstreamServer
let collector: OtlpReceiver
let hub: Hub
let ada: Headers
let bob: Headers
let connection: string
beforeAll(async () => {
  upstream = await startUpstream()
  collector = await startOtlpReceiver()
  hub = await startHub({
    env: {
      JUNCTOR_SIGNUP: 'open',
      JUNCTOR_ALLOW_PRIVATE: upstream.origin,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SERVICE_NAME: 'tested-hub',
    },
  })
  ada = await signUp('ada')
  bob = await signUp('bob')
  const organizationId = (await api('/organization/create', { name: 'Works', slug: 'works' }, ada)).body.id
  const invitation = { email: 'bob@example.com', role: 'member', organizationId }
  const { id } = (await api('/organization/invite-member', invitation, ada)).body
  await api('/organization/accept-invitation', { invitationId: id }, bob)
  for (const person of [ada, bob]) await api('/organization/set-active', { organizationId }, person)
  await ask(
    ada,
    'mutation ($document: String!) { importConnector(input: { name: "crm", document: $document }) { connector { name } } }',
    {
      variables: { document: document() },
    },
  )
  const made = await ask<{ createConnection: { connection: { id: string } } }>(
    ada,
    `mutation { createConnection(input: { connector: "crm", name: "main", parameters: { api_key: "${canary}" } }) { connection { id } } }`,
  )
  connection = made.data.createConnection.connection.id
  await grant('USE')
}, 60_000)
afterAll(async () => {
  await hub[Symbol.asyncDispose]()
  await collector[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

type Headers = Readonly<Record<string, string>>

interface Answer<Data> {
  readonly data: Data
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
  readonly extensions?: { readonly trace?: { readonly fields: readonly Field[] } }
}

interface Field {
  readonly key: string
  readonly calls?: readonly { readonly status: number | null; readonly timings: { readonly total: number } }[]
  readonly retries?: number
  readonly reason?: string
}

function document(): string {
  const responses = {
    200: { description: 'OK', schema: { type: 'object', properties: { ok: { type: 'boolean' } } } },
  }
  const parameters = [
    { name: 'id', in: 'path', required: true, type: 'string' },
    {
      name: 'expand',
      in: 'query',
      type: 'string',
      'x-ms-dynamic-values': { operationId: 'ListKinds', 'value-path': 'id', 'value-title': 'id' },
    },
  ]
  const kinds = { type: 'array', items: { type: 'object', properties: { id: { type: 'string' } } } }
  return JSON.stringify({
    swagger: '2.0',
    info: { title: 'CRM', version: '1' },
    host: new URL(upstream.origin).host,
    basePath: '/',
    schemes: ['http'],
    securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'x-key' } },
    security: [{ key: [] }],
    paths: {
      '/users/{id}': { get: { operationId: 'GetUser', parameters, responses } },
      '/kinds': {
        get: { operationId: 'ListKinds', responses: { 200: { description: 'OK', schema: kinds } } },
      },
    },
  })
}

async function api(path: string, body: unknown, headers: Headers = {}) {
  const answer = await fetch(`${hub.url}/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return { answer, body: (await answer.json()) as { id: string } }
}

async function signUp(name: string): Promise<Headers> {
  const person = { name, email: `${name}@example.com`, password: 'correct horse battery' }
  const { answer } = await api('/sign-up/email', person)
  return { authorization: `Bearer ${answer.headers.get('set-auth-token')}` }
}

async function ask<Data = unknown>(
  headers: Headers,
  query: string,
  rest: Readonly<Record<string, unknown>> = {},
): Promise<Answer<Data>> {
  const answer = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, ...rest }),
  })
  return (await answer.json()) as Answer<Data>
}

async function grant(role: 'USE' | 'EDIT'): Promise<void> {
  const { data } = await ask<{ viewer: { id: string } }>(bob, '{ viewer { id } }')
  await ask(
    ada,
    `mutation { grantConnection(id: "${connection}", to: { kind: USER, id: "${data.viewer.id}" }, role: ${role}) { id } }`,
  )
}

const user = `query Users { first: crm_getUser(id: "7", expand: "${argument}") { ok } }`
const asking = { 'x-junctor-trace': '1' }

const spansOf = (traceId: string) => collector.spans.filter(span => span.traceId === traceId)

/** The spans of a trace, when there are so many. */
async function traceWith(traceId: string, count: number) {
  await waitFor(
    async () => spansOf(traceId).length >= count,
    () => `${spansOf(traceId).length} of ${count} spans came.`,
    20,
  )
  return spansOf(traceId)
}

test('the operation, its call and the request are one trace, inside the caller’s own', async () => {
  const traceId = 'a'.repeat(32)
  await ask({ ...ada, traceparent: `00-${traceId}-${'b'.repeat(16)}-01` }, user)
  const spans = await traceWith(traceId, 3)
  const [operation] = spans.filter(({ name }) => name === 'query')
  const [call] = spans.filter(({ name }) => name === 'crm GetUser')
  const [request] = spans.filter(({ name }) => name === 'GET /users/{id}')
  expect(operation).toMatchObject({
    kind: 2,
    parentSpanId: 'b'.repeat(16),
    failed: false,
    service: 'tested-hub',
    attributes: { 'graphql.operation.type': 'query', 'graphql.operation.name': 'Users' },
  })
  expect(call?.parentSpanId).toBe(operation?.spanId)
  expect(request?.parentSpanId).toBe(call?.spanId)
  expect(upstream.last().headers['x-key']).toBe(canary)
  expect(upstream.last().headers).not.toHaveProperty('traceparent')
})

test('a traceparent that is not sampled gets no spans, a malformed one a trace of its own', async () => {
  const unsampled = 'c'.repeat(32)
  const after = 'd'.repeat(32)
  const malformed = [
    `00-${after}-b-01`,
    `ff-${after}-${'b'.repeat(16)}-01`,
    `00-${after}-${'0'.repeat(16)}-01`,
  ]
  for (const traceparent of [`00-${unsampled}-${'b'.repeat(16)}-00`, ...malformed])
    await ask({ ...ada, traceparent }, '{ viewer { id } }')
  await ask({ ...ada, traceparent: `00-${after}-${'b'.repeat(16)}-01` }, '{ viewer { id } }')
  expect(await traceWith(after, 1)).toHaveLength(1)
  expect(spansOf(unsampled)).toEqual([])
  expect(
    collector.spans.filter(({ parentSpanId, name }) => name === 'query' && !parentSpanId),
  ).not.toHaveLength(0)
})

test('a failure ends the operation as an error of its code; no secret and no argument is in any span', async () => {
  upstream.answer = (request, response) =>
    json({ echo: [request.headers, request.target] }, 400)(request, response)
  const traceId = 'e'.repeat(32)
  const answer = await ask({ ...ada, ...asking, traceparent: `00-${traceId}-${'b'.repeat(16)}-01` }, user)
  upstream.answer = json({ ok: true })
  expect(answer.errors?.[0]?.extensions.code).toBe('UPSTREAM_ERROR')
  const spans = await traceWith(traceId, 3)
  expect(
    spans.map(({ name, failed, attributes }) => [name, failed, attributes['error.type']]).sort(),
  ).toEqual([
    ['GET /users/{id}', true, '400'],
    ['crm GetUser', true, '4xx'],
    ['query', true, 'UPSTREAM_ERROR'],
  ])
  expect(collector.raw()).not.toContain(canary)
  expect(collector.raw()).not.toContain(argument)
  expect(hub.output()).not.toContain(canary)
  expect(JSON.stringify(answer.extensions)).not.toMatch(/CANARY/)
  expect(answer.extensions?.trace?.fields[0]?.calls?.[0]?.status).toBe(400)
})

test('who may EDIT the connection and asks sees the calls of each root field', async () => {
  const two = `{ first: crm_getUser(id: "7", expand: "${argument}") { ok } second: crm_getUser(id: "8") { ok } viewer { id } }`
  const answer = await ask({ ...ada, ...asking }, two)
  const fields = [...(answer.extensions?.trace?.fields ?? [])].sort((a, b) => a.key.localeCompare(b.key))
  expect(fields).toEqual([
    {
      key: 'first',
      connector: 'crm',
      operation: 'GetUser',
      connection,
      retries: 0,
      calls: [
        {
          method: 'GET',
          url: `${upstream.origin}/users/7?expand=[redacted]`,
          headers: {
            accept: 'application/json, */*;q=0.8',
            'accept-encoding': 'gzip, deflate, br',
            'user-agent': 'Junctor',
            'x-key': '[redacted]',
          },
          status: 200,
          error: null,
          requestBytes: 0,
          responseBytes: 11,
          timings: {
            sent: expect.any(Number),
            firstByte: expect.any(Number),
            total: expect.any(Number),
          },
        },
      ],
    },
    expect.objectContaining({ key: 'second', calls: [expect.objectContaining({ status: 200 })] }),
  ])
  expect(JSON.stringify(answer)).not.toMatch(/CANARY/)
})

test('nobody gets a trace who did not ask', async () => {
  for (const headers of [ada, { ...ada, 'x-junctor-trace': '0' }])
    expect(await ask(headers, user)).toEqual({ data: { first: { ok: true } } })
  const inBody = await ask(ada, user, { extensions: { trace: true } })
  expect(inBody.extensions?.trace?.fields).toHaveLength(1)
})

test('the calls behind the choices of a parameter are those of its field', async () => {
  upstream.answer = json([{ id: 'a' }])
  const options = '{ kinds: parameterOptions(field: "crm_getUser", parameter: "expand") { value } }'
  const answer = await ask({ ...ada, ...asking }, options)
  upstream.answer = json({ ok: true })
  expect(answer.data).toEqual({ kinds: [{ value: 'a' }] })
  expect(answer.extensions?.trace?.fields).toMatchObject([
    { key: 'kinds', connector: 'crm', operation: 'ListKinds', calls: [{ status: 200 }] },
  ])
})

test('a retry is counted', async () => {
  let asked = 0
  upstream.answer = (request, response) => json({ ok: true }, asked++ === 0 ? 503 : 200)(request, response)
  const answer = await ask({ ...ada, ...asking }, user)
  upstream.answer = json({ ok: true })
  const [field] = answer.extensions?.trace?.fields ?? []
  expect(field?.retries).toBe(1)
  expect(field?.calls?.map(({ status }) => status)).toEqual([503, 200])
})

test('with USE alone there is no call in it, but the reason; and no error', async () => {
  const answer = await ask({ ...bob, ...asking }, user)
  expect(answer).toEqual({
    data: { first: { ok: true } },
    extensions: {
      trace: {
        fields: [
          {
            key: 'first',
            connector: 'crm',
            operation: 'GetUser',
            connection,
            reason: expect.stringContaining('EDIT'),
          },
        ],
      },
    },
  })
  await grant('EDIT')
  expect((await ask({ ...bob, ...asking }, user)).extensions?.trace?.fields[0]?.calls).toHaveLength(1)
  await grant('USE')
})

test('over a WebSocket an operation asks in its extensions, and gives its traceparent there', async () => {
  const traceId = 'f'.repeat(32)
  const client = createClient({
    url: `${hub.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: ada,
    retryAttempts: 0,
  })
  const extensions = { trace: true, traceparent: `00-${traceId}-${'b'.repeat(16)}-01` }
  for await (const result of client.iterate({ query: user, extensions })) {
    const { trace } = result.extensions as NonNullable<Answer<unknown>['extensions']>
    expect(trace?.fields.map(({ calls }) => calls?.length)).toEqual([1])
  }
  for await (const result of client.iterate({ query: user })) expect(result.extensions).toBeUndefined()
  await client.dispose()
  expect((await traceWith(traceId, 3)).map(({ name }) => name).sort()).toEqual([
    'GET /users/{id}',
    'crm GetUser',
    'query',
  ])
})

test('operations of both transports are counted and timed', async () => {
  const metrics = async () => await (await fetch(`${hub.url}/metrics`)).text()
  const count = async (name: string) =>
    Number(new RegExp(`^${name}\\{type="query",outcome="ok"\\} (\\d+)`, 'm').exec(await metrics())?.[1])
  const before = await count('junctor_graphql_operation_seconds_count')
  await ask(ada, '{ viewer { id } }')
  const client = createClient({ url: `${hub.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket })
  for await (const result of client.iterate({ query: '{ viewer { id } }' }))
    expect(result.errors).toBeUndefined()
  await client.dispose()
  expect(await count('junctor_graphql_operation_seconds_count')).toBe(before + 2)
  expect(await count('junctor_graphql_operations_total')).toBe(before + 2)
  expect(await metrics()).toMatch(
    /^junctor_upstream_response_bytes_total\{connector="crm",operation="GetUser"\} \d{2,}$/m,
  )
  expect(await metrics()).not.toContain(canary)
})

test('the end of the hub sends what is still held back', async () => {
  const ended = crypto.randomUUID().replaceAll('-', '')
  await ask({ ...ada, traceparent: `00-${ended}-${'b'.repeat(16)}-01` }, '{ viewer { id } }')
  expect(await hub.stop('SIGTERM')).toBe(0)
  expect(spansOf(ended)).toHaveLength(1)
})
