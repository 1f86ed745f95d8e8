// Organizations that share a hub: what one imports, removes or replaces under a name gives it nothing of another's.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientOf, type HubClient, signUp } from '../../harness/client.ts'
import { type Hub, startHub, waitFor } from '../../harness/hub.ts'

interface Api extends AsyncDisposable {
  readonly host: string
  readonly origin: string
  /** Keys that it was called with. */
  readonly keys: string[]
  /** `METHOD path` of the calls. */
  readonly calls: string[]
}

/** An API with a key, a list to poll, and webhooks to register. */
async function startApi(host: string): Promise<Api> {
  const keys: string[] = []
  const calls: string[] = []
  const server = createServer((request, response) => {
    keys.push(String(request.headers['x-key']))
    calls.push(`${request.method} ${request.url}`)
    const registers = request.method === 'POST'
    response.writeHead(registers ? 201 : 200, {
      'content-type': 'application/json',
      ...(registers ? { location: `https://${host}/hooks/1` } : {}),
    })
    response.end(registers ? '{}' : '[{"id":1}]')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function document({ host }: Api, title = 'CRM'): string {
  const items = { type: 'array', items: { type: 'object', properties: { id: { type: 'integer' } } } }
  const responses = { 200: { description: 'OK', schema: items } }
  const body = { type: 'object', properties: { url: { type: 'string', 'x-ms-notification-url': true } } }
  return JSON.stringify({
    swagger: '2.0',
    info: { title, version: '1' },
    host,
    basePath: '/',
    schemes: ['https'],
    securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'x-key' } },
    security: [{ key: [] }],
    paths: {
      '/now': { get: { operationId: 'GetNow', responses } },
      '/poll': { get: { operationId: 'OnItem', 'x-ms-trigger': 'batch', responses } },
      '/hooks': {
        'x-ms-notification-content': { schema: { type: 'object' } },
        post: {
          operationId: 'OnHook',
          'x-ms-trigger': 'single',
          parameters: [{ name: 'body', in: 'body', schema: body }],
          responses: { 201: { description: 'Created' } },
        },
      },
      '/hooks/{id}': {
        delete: {
          operationId: 'DropHook',
          parameters: [{ name: 'id', in: 'path', required: true, type: 'string' }],
          responses: { 200: { description: 'OK' } },
        },
      },
    },
  })
}

let north: Api
let south: Api
let hub: Hub
let ada: HubClient
let bob: HubClient
beforeAll(async () => {
  north = await startApi('north.example.com')
  south = await startApi('south.example.com')
  const apis = [north, south]
  hub = await startHub({
    env: {
      JUNCTOR_SIGNUP: 'open',
      JUNCTOR_ORIGINS: apis.map(({ host, origin }) => `https://${host}=${origin}`).join(','),
      JUNCTOR_ALLOW_PRIVATE: apis.map(({ origin }) => origin).join(','),
    },
  })
  ada = await signUp(hub.url, 'ada@example.com')
  bob = await signUp(hub.url, 'bob@example.com')
}, 60_000)
afterAll(async () => {
  await hub[Symbol.asyncDispose]()
  await north[Symbol.asyncDispose]()
  await south[Symbol.asyncDispose]()
})

const put = (person: HubClient, name: string, text: string, replace = false) =>
  person.answer<{ importConnector: { connector: { title: string } } | null }>(
    `mutation ($name: String!, $document: String!, $replace: Boolean!) {
      importConnector(input: { name: $name, document: $document, replace: $replace }) { connector { title } }
    }`,
    { name, document: text, replace },
  )

const remove = (person: HubClient, name: string) =>
  person.query('mutation ($name: String!) { removeConnector(name: $name) }', { name })

async function connect(person: HubClient, connector: string, key: string): Promise<string> {
  const { createConnection } = await person.query<{ createConnection: { connection: { id: string } } }>(
    `mutation ($connector: String!, $parameters: JSON!) {
      createConnection(input: { connector: $connector, name: "main", parameters: $parameters }) { connection { id } }
    }`,
    { connector, parameters: { api_key: key } },
  )
  return createConnection.connection.id
}

const makeFeed = async (person: HubClient, field: string) =>
  (
    await person.query<{ createFeed: { id: string } }>(
      'mutation ($field: String!) { createFeed(input: { field: $field, intervalSeconds: 1 }) { id } }',
      { field },
    )
  ).createFeed.id

const code = (answer: { errors?: readonly { extensions: Readonly<Record<string, unknown>> }[] }) =>
  answer.errors?.[0]?.extensions.code ?? 'OK'

test('who imports a name that somebody else removed gets none of their credentials', async () => {
  await put(ada, 'crm', document(north))
  const connection = await connect(ada, 'crm', 'of Ada')
  const feed = await makeFeed(ada, 'crm_onItem')
  await using live = ada.subscribe('subscription { crm_onItem { data { id } } }')
  const told = live.next().catch((error: unknown) => JSON.stringify(error))
  await waitFor(
    async () =>
      (
        await ada.query<{ feed: { subscribers: number } }>(
          'query ($feed: ID!) { feed(id: $feed) { subscribers } }',
          {
            feed,
          },
        )
      ).feed.subscribers === 1,
    () => 'The subscription is not there.',
  )
  await remove(ada, 'crm')
  expect(await told).toMatch(/Its connector was removed.*FEED_ENDED/)

  await put(bob, 'crm', document(south, 'Bob’s private title'))
  await connect(bob, 'crm', 'of Bob')
  await makeFeed(bob, 'crm_onItem')
  const tested = await ada.answer('mutation ($id: ID!) { testConnection(id: $id) { ok } }', {
    id: connection,
  })
  expect(code(tested)).toBe('CONNECTION_INACTIVE')
  const enabled = await ada.query<{ updateConnection: { connection: { status: string } } }>(
    'mutation ($id: ID!) { updateConnection(id: $id, input: { disabled: false }) { connection { status } } }',
    { id: connection },
  )
  expect(enabled.updateConnection.connection.status).toBe('REVOKED')
  await waitFor(
    async () => south.calls.length >= 3,
    () => 'Bob’s feed is not polled.',
  )
  expect(new Set(south.keys)).toEqual(new Set(['of Bob']))

  // What she sees of it is her own, and says what became of it.
  const seen = await ada.query(
    `{ connections(connector: "crm") { nodes {
        name status statusReason
        connector { name title custom status operations { totalCount } authentications { name } diagnostics { code } }
      } }
      feeds { nodes { field status statusReason } } }`,
  )
  expect(seen).toEqual({
    connections: {
      nodes: [
        {
          name: 'main',
          status: 'REVOKED',
          statusReason: 'Its connector was removed.',
          connector: {
            name: 'crm',
            title: 'crm',
            custom: true,
            status: 'QUARANTINED',
            operations: { totalCount: 0 },
            authentications: [],
            diagnostics: [{ code: 'CONNECTOR_MISSING' }],
          },
        },
      ],
    },
    feeds: { nodes: [{ field: 'crm_onItem', status: 'ENDED', statusReason: 'Its connector was removed.' }] },
  })
  expect(code(await ada.answer('{ crm_getNow { id } }'))).toBe('GRAPHQL_VALIDATION_FAILED')
})

test('a webhook of a connector that is removed is unregistered at its provider', async () => {
  await put(ada, 'hooked', document(north))
  await connect(ada, 'hooked', 'of Ada')
  await makeFeed(ada, 'hooked_onHook')
  expect(north.calls).toContain('POST /hooks')
  await remove(ada, 'hooked')
  expect(north.calls).toContain('DELETE /hooks/1')
})

test('a document with a NUL is refused, and the log holds nothing of it', async () => {
  for (const input of [
    { document: `${document(north)}\0`, properties: null },
    { document: document(north), properties: '{"properties":"\0"}' },
  ]) {
    const answer = await ada.answer(
      `mutation ($document: String!, $properties: String) {
        importConnector(input: { name: "nul", document: $document, properties: $properties }) { connector { name } }
      }`,
      input,
    )
    expect(code(answer)).toBe('BAD_INPUT')
    expect(answer.errors?.[0]?.message).toMatch(/"nul" must not contain the character NUL/)
  }
  const removing = await ada.answer('mutation ($name: String!) { removeConnector(name: $name) }', {
    name: 'a\0b',
  })
  expect(code(removing)).toBe('CONNECTOR_NOT_FOUND')
  expect(hub.output()).not.toContain('insert into')
})

describe('two at once under one new name', () => {
  const outcomes = async (...answers: ReturnType<typeof put>[]) =>
    (await Promise.all(answers)).map(code).sort()

  test('of one person: one gets it, without `replace`', async () => {
    const both = [put(ada, 'once', document(north)), put(ada, 'once', document(south))]
    expect(await outcomes(...both)).toEqual(['CONFLICT', 'OK'])
  })

  test('of two organizations: one gets it, also with `replace`', async () => {
    const both = [put(ada, 'ours', document(north), true), put(bob, 'ours', document(south), true)]
    expect(await outcomes(...both)).toEqual(['CONFLICT', 'OK'])
  })

  test('of an organization: who does not own it replaces nothing', async () => {
    const { boss, member } = await organization()
    const [first, second] = await Promise.all([
      put(boss, 'acme', document(north, 'The boss’s')),
      put(member, 'acme', document(south, 'The member’s'), true),
    ])
    const serves = await boss.query('{ connector(name: "acme") { title } }')
    if (code(first) === 'OK') {
      expect(code(second)).toBe('FORBIDDEN')
      expect(serves).toEqual({ connector: { title: 'The boss’s' } })
    } else {
      expect([code(first), code(second)]).toEqual(['CONFLICT', 'OK'])
      expect(serves).toEqual({ connector: { title: 'The member’s' } })
    }
  })
})

/** Two people whose calls are made in an organization that the first one owns. */
async function organization(): Promise<{ boss: HubClient; member: HubClient }> {
  const send = async (path: string, body: object, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${hub.url}/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    expect(response.ok, path).toBe(true)
    return { token: response.headers.get('set-auth-token'), body: (await response.json()) as { id: string } }
  }
  const signedIn = async (email: string) => {
    const { token } = await send('sign-up/email', { name: email, email, password: 'correct horse battery' })
    return { authorization: `Bearer ${token}` }
  }
  const [boss, member] = [await signedIn('boss@example.com'), await signedIn('member@example.com')]
  const { id: organizationId } = (await send('organization/create', { name: 'Acme', slug: 'acme' }, boss))
    .body
  const invitation = { email: 'member@example.com', role: 'member', organizationId }
  const { id: invitationId } = (await send('organization/invite-member', invitation, boss)).body
  await send('organization/accept-invitation', { invitationId }, member)
  for (const person of [boss, member]) await send('organization/set-active', { organizationId }, person)
  return { boss: clientOf(hub.url, '', boss), member: clientOf(hub.url, '', member) }
}
