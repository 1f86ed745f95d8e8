// One suite for every way to authenticate: where the credential goes, and where it does not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OpenConnection } from '../../src/connections/index.ts'
import type { AuthenticationKind, KeyPlacement, OperationDefinition } from '../../src/definition/index.ts'
import { authenticators } from '../../src/invocation/credentials/index.ts'
import {
  authentication,
  connection,
  definition,
  invocation,
  operation,
  parameter,
  wire,
} from './definitions.ts'
import { failureOf, type OpenedInvoker, openInvoker } from './open-invoker.ts'
import { json, startUpstream, type UpstreamServer } from './upstream-server.ts'

let upstream: UpstreamServer
let foreign: UpstreamServer
let opened: OpenedInvoker
beforeAll(async () => {
  upstream = await startUpstream()
  foreign = await startUpstream()
  opened = openInvoker({ allowPrivate: [upstream.origin, foreign.origin] })
})
beforeEach(() => {
  upstream.answer = json({})
  foreign.seen.length = 0
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
  await foreign[Symbol.asyncDispose]()
})

const keys = (...placements: KeyPlacement[]) => authentication('API_KEY', placements)
const header = (name: string, rest: Partial<KeyPlacement> = {}): KeyPlacement => ({
  in: 'header',
  name,
  parameter: 'api_key',
  ...rest,
})
const query = (name: string): KeyPlacement => ({ in: 'query', name, parameter: 'api_key' })

async function sent(open: OpenConnection, called: OperationDefinition = operation()) {
  await opened.invoker.call(invocation(definition(upstream.origin), called, { connection: open }))
  const { headers, target } = upstream.last()
  return { headers, target }
}

const basicOf = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

interface Case {
  readonly what: string
  readonly open: OpenConnection
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly target?: string
}

const cases: readonly Case[] = [
  {
    what: 'none',
    open: connection(authentication('NONE'), { token: 'x' }),
    headers: { authorization: undefined },
  },
  {
    what: 'API key, header',
    open: connection(keys(header('X-Key')), { api_key: 'k1' }),
    headers: { 'x-key': 'k1' },
  },
  {
    what: 'API key, whole Authorization value as typed',
    open: connection(keys(header('Authorization')), { api_key: 'Token abc' }),
    headers: { authorization: 'Token abc' },
  },
  {
    what: 'API key with the prefix of the package',
    open: connection(keys(header('Authorization', { prefix: 'Bearer ' })), { api_key: 'abc' }),
    headers: { authorization: 'Bearer abc' },
  },
  {
    what: 'API key, query, encoded',
    open: connection(keys(query('api_key')), { api_key: 'a&b=c d' }),
    headers: {},
    target: '/call?api_key=a%26b%3Dc%20d',
  },
  {
    what: 'API key at every place',
    open: connection(keys(header('X-A'), query('k'), header('X-B')), { api_key: 'k1' }),
    headers: { 'x-a': 'k1', 'x-b': 'k1' },
    target: '/call?k=k1',
  },
  {
    what: 'API key left empty',
    open: connection(keys(header('X-Key'), query('k')), { api_key: '' }),
    headers: { 'x-key': undefined },
    target: '/call',
  },
  {
    what: 'API key from a parameter that is no secret, case aside',
    open: connection(keys(header('X-Key')), {}, { parameters: { API_Key: 42 } }),
    headers: { 'x-key': '42' },
  },
  {
    what: 'Basic, UTF-8',
    open: connection(authentication('BASIC'), { password: 'pä:ß' }, { parameters: { username: 'üser' } }),
    headers: { authorization: basicOf('üser:pä:ß') },
  },
  {
    what: 'Basic without a password',
    open: connection(authentication('BASIC'), { username: 'key' }),
    headers: { authorization: basicOf('key:') },
  },
  {
    what: 'Basic left empty',
    open: connection(authentication('BASIC')),
    headers: { authorization: undefined },
  },
  ...(['OAUTH2_CODE', 'OAUTH2_CLIENT_CREDENTIALS', 'CLIENT_CERTIFICATE'] as const).map(kind => ({
    what: `${kind} with a token`,
    open: connection(authentication(kind), { token: 'tok' }),
    headers: { authorization: 'Bearer tok' },
  })),
  {
    what: 'custom',
    open: connection(authentication('CUSTOM'), { secret: 's' }),
    headers: { authorization: undefined },
  },
  {
    what: 'custom with a placement',
    open: connection(authentication('CUSTOM', [header('X-License')]), { api_key: 's' }),
    headers: { 'x-license': 's' },
  },
]

describe('every kind', () => {
  test.each(cases)('$what', async ({ open, headers, target }) => {
    const seen = await sent(open)
    for (const [name, value] of Object.entries(headers)) expect(seen.headers[name]).toBe(value)
    if (target !== undefined) expect(seen.target).toBe(target)
  })

  test.each(cases)('$what: nothing is sent with an anonymous operation', async ({ open }) => {
    const bare = await sent(connection(authentication('NONE')))
    const seen = await sent(open, operation({ anonymous: true }))
    expect(seen).toEqual(bare)
  })

  test.each(cases)('$what: nothing is sent to another origin, by redirect or link', async ({ open }) => {
    const secrets = Object.values(open.secrets).map(value => value.reveal())
    upstream.answer = (_request, response) =>
      response.writeHead(302, { location: `${foreign.origin}/landed` }).end()
    const called = operation({ parameters: [parameter('header', 'X-Own')] })
    const about = definition(upstream.origin)
    await opened.invoker.call(
      invocation(about, called, { connection: open, arguments: wire({ header: { 'X-Own': 'own' } }) }),
    )
    const { headers, target } = foreign.last()
    expect(Object.keys(headers).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ])
    for (const secret of secrets.filter(value => value !== '')) expect(target).not.toContain(secret)
    const error = await failureOf(
      opened.invoker.call(invocation(about, called, { connection: open, url: `${foreign.origin}/next` })),
    )
    expect(error.code).toBe('EGRESS_REFUSED')
    expect(foreign.seen.length).toBe(1)
  })

  test('has an authenticator, and no two for one kind', () => {
    const kinds: readonly AuthenticationKind[] = [
      'NONE',
      'API_KEY',
      'BASIC',
      'OAUTH2_CODE',
      'OAUTH2_CLIENT_CREDENTIALS',
      'CLIENT_CERTIFICATE',
      'CUSTOM',
    ]
    expect(authenticators.flatMap(({ kinds }) => kinds).sort()).toEqual([...kinds].sort())
  })
})

describe('refusals', () => {
  test.each(['OAUTH2_CODE', 'OAUTH2_CLIENT_CREDENTIALS', 'CLIENT_CERTIFICATE'] as const)(
    '%s without a token',
    async kind => {
      const error = await failureOf(sent(connection(authentication(kind))))
      expect(error.code).toBe('AUTHENTICATION_UNSUPPORTED')
      expect(error.message).toContain('demo')
    },
  )

  test('a username with a colon, a key with a line break', async () => {
    expect((await failureOf(sent(connection(authentication('BASIC'), { username: 'a:b' })))).code).toBe(
      'CREDENTIAL_INVALID',
    )
    const error = await failureOf(sent(connection(keys(header('X-Key')), { api_key: 'se\r\ncret' })))
    expect(error.code).toBe('CREDENTIAL_INVALID')
    expect(error.message).not.toContain('cret')
  })

  test('a connection of another connector', async () => {
    const other = connection(keys(header('X-Key')), { api_key: 'k' }, { connector: 'other' })
    expect((await failureOf(sent(other))).code).toBe('FORBIDDEN')
  })
})

test('an argument in the place of the key gives way to it', async () => {
  const called = operation({
    path: '/call?k=fixed',
    parameters: [
      parameter('query', 'k', { required: true }),
      parameter('header', 'X-Key'),
      parameter('query', 'q'),
    ],
  })
  const open = connection(keys(query('k'), header('X-Key')), { api_key: 'k1' })
  const given = wire({ query: { k: 'theirs', q: '1' }, header: { 'X-Key': 'theirs' } })
  await opened.invoker.call(
    invocation(definition(upstream.origin), called, { connection: open, arguments: given }),
  )
  expect(upstream.last()).toMatchObject({ target: '/call?q=1&k=k1', headers: { 'x-key': 'k1' } })
})

test('a redirect inside the origin keeps the credential, in query and header', async () => {
  const open = connection(keys(query('k'), header('X-Key')), { api_key: 'k1' })
  upstream.answer = (request, response) => {
    if (request.path === '/moved') json({ moved: true })(request, response)
    else response.writeHead(307, { location: '/moved?page=2' }).end()
  }
  expect(await sent(open)).toMatchObject({ target: '/moved?page=2&k=k1', headers: { 'x-key': 'k1' } })
})
