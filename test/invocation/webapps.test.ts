// Connectors with a webapp: calls go to its Unix socket with the connection in a header.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { JunctorError } from '../../src/errors.ts'
import { type WebappSockets, webappConnectionHeader } from '../../src/invocation/index.ts'
import {
  authentication,
  connection,
  definition,
  invocation,
  operation,
  parameter,
  wire,
} from './definitions.ts'
import { failureOf, openInvoker } from './open-invoker.ts'
import { json, startUpstream } from './upstream-server.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junctor-invocation-'))
})
afterAll(() => rm(folder, { recursive: true }))

const about = definition('https://connector.invalid/v1', { webapp: '/packages/demo/webapp.ts' })
const open = connection(
  authentication('API_KEY', [{ in: 'header', name: 'X-Key', parameter: 'password' }]),
  { password: 'pä$$' },
  { parameters: { host: 'db', port: 5432 }, baseUrl: 'https://ignored.example' },
)

test('a call arrives with its connection, and no other credential', async () => {
  const path = join(folder, 'one.sock')
  await using webapp = await startUpstream(path)
  const asked: string[] = []
  const webapps: WebappSockets = {
    async socketPath(asking) {
      asked.push(asking.name)
      return path
    },
  }
  await using opened = openInvoker({ webapps })
  const called = operation({
    method: 'POST',
    path: '/rows/{table}',
    parameters: [parameter('path', 'table'), parameter('query', 'limit')],
    body: { name: 'body', schema: { type: 'any' }, required: true },
  })
  webapp.answer = json('{"id":9007199254740993}')
  const given = wire({ path: { table: 'a/b' }, query: { limit: 2 } }, { n: 1n })
  const result = await opened.invoker.call(invocation(about, called, { connection: open, arguments: given }))
  expect(result).toMatchObject({ status: 200, body: { id: 9007199254740993n } })
  const { method, target, headers, body } = webapp.last()
  expect([method, target, body.toString()]).toEqual(['POST', '/v1/rows/a%2Fb?limit=2', '{"n":1}'])
  expect(headers.host).toBe('connector.invalid')
  expect(headers).not.toHaveProperty('x-key')
  expect(JSON.parse(Buffer.from(String(headers[webappConnectionHeader]), 'base64url').toString())).toEqual({
    id: 'connection-1',
    authentication: 'api_key',
    parameters: { host: 'db', port: 5432, password: 'pä$$' },
  })
  await opened.invoker.call(invocation(about, operation()))
  expect(webapp.last().headers).not.toHaveProperty(webappConnectionHeader)
  expect(asked).toEqual(['demo', 'demo'])
})

test('its errors are errors of the upstream, secrets taken out', async () => {
  const path = join(folder, 'two.sock')
  await using webapp = await startUpstream(path)
  await using opened = openInvoker({ webapps: { socketPath: async () => path } })
  webapp.answer = json({ message: 'cannot sign in with pä$$' }, 500)
  const error = await failureOf(opened.invoker.call(invocation(about, operation(), { connection: open })))
  expect(error.details).toMatchObject({
    http: { status: 500 },
    upstream: { message: 'cannot sign in with [redacted]' },
  })
})

test('a webapp that is away is WEBAPP_UNAVAILABLE, and is found again at the same path', async () => {
  const path = join(folder, 'three.sock')
  await using opened = openInvoker({ webapps: { socketPath: async () => path } })
  const call = () => opened.invoker.call(invocation(about, operation()))
  expect(await failureOf(call())).toMatchObject({
    code: 'WEBAPP_UNAVAILABLE',
    details: { connector: 'demo' },
  })
  await using webapp = await startUpstream(path)
  expect((await call()).status).toBe(200)
  expect(webapp.seen.length).toBe(1)
})

test('a webapp that does not start passes its error on', async () => {
  const refusal = new JunctorError('WEBAPP_UNAVAILABLE', 'The webapp of Demo does not start.')
  await using opened = openInvoker({ webapps: { socketPath: () => Promise.reject(refusal) } })
  expect((await failureOf(opened.invoker.call(invocation(about, operation())))).code).toBe(
    'WEBAPP_UNAVAILABLE',
  )
})
