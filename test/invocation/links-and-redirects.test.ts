// Links that an API gives (Location, next links) and redirects: where the hub follows and where it does not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Invocation } from '../../src/invocation/index.ts'
import {
  authentication,
  connection,
  definition,
  invocation,
  operation,
  parameter,
  policy,
  text,
  wire,
} from './definitions.ts'
import { failureOf, type OpenedInvoker, openInvoker } from './open-invoker.ts'
import { json, startUpstream, type UpstreamServer } from './upstream-server.ts'

let upstream: UpstreamServer
let opened: OpenedInvoker
beforeAll(async () => {
  upstream = await startUpstream()
  opened = openInvoker({ allowPrivate: [upstream.origin] })
})
beforeEach(() => {
  upstream.answer = json({})
  upstream.seen.length = 0
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const open = connection(
  authentication('API_KEY', [
    { in: 'query', name: 'key', parameter: 'api_key' },
    { in: 'header', name: 'X-Key', parameter: 'api_key' },
  ]),
  {
    api_key: 'k1',
  },
)
const hook = operation({
  id: 'Subscribe',
  method: 'POST',
  path: '/repos/{repo}/hooks',
  parameters: [
    parameter('path', 'repo'),
    parameter('header', 'X-Needed', { required: true }),
    parameter('query', 'q'),
  ],
  body: { name: 'body', schema: text, required: true },
})

const follow = (url: string, rest: Partial<Invocation> = {}) =>
  opened.invoker.call(
    invocation(definition(`${upstream.origin}/v1`), hook, {
      connection: open,
      method: 'DELETE',
      url,
      ...rest,
    }),
  )

describe('a link', () => {
  test.each([
    ['absolute', () => `${upstream.origin}/v1/hooks/7?x=%2F&y`, '/v1/hooks/7?x=%2F&y&key=k1'],
    ['from the root', () => '/other/7#part', '/other/7?key=k1'],
    ['with a key of its own', () => '/next?key=theirs', '/next?key=theirs'],
  ])('%s needs no arguments, has no body and carries the credential', async (_what, link, target) => {
    await follow(link())
    expect(upstream.last()).toMatchObject({ method: 'DELETE', target, headers: { 'x-key': 'k1' } })
    expect(upstream.last().body.length).toBe(0)
  })

  test('relative resolves against the URL of the operation', async () => {
    await follow('hooks/7', { arguments: wire({ path: { repo: 'a/b' } }) })
    expect(upstream.last().target).toBe('/v1/repos/a%2Fb/hooks/7?key=k1')
    await follow('?page=2', {
      arguments: wire({ path: { repo: 'r' }, query: { q: 'dropped' } }),
      method: 'GET',
    })
    expect(upstream.last().target).toBe('/v1/repos/r/hooks?page=2&key=k1')
  })

  test('without a method repeats the operation, body and headers included', async () => {
    await opened.invoker.call(
      invocation(definition(upstream.origin), hook, {
        url: '/poll?state=1',
        arguments: wire({ header: { 'X-Needed': 'yes' } }, 'again'),
      }),
    )
    expect(upstream.last()).toMatchObject({
      method: 'POST',
      target: '/poll?state=1',
      headers: { 'x-needed': 'yes' },
    })
    expect(upstream.last().body.toString()).toBe('"again"')
  })

  test.each([
    ['another host', () => 'https://evil.example/x'],
    ['another port', () => upstream.origin.replace(/\d+$/, port => String(Number(port) + 1))],
    ['another scheme', () => upstream.origin.replace('http:', 'https:')],
    ['a scheme-relative host', () => '//evil.example/x'],
    ['backslashes', () => '\\\\evil.example\\x'],
    ['a name and password', () => upstream.origin.replace('://', '://user:pass@')],
    ['no HTTP', () => 'javascript:alert(1)'],
    ['no URL', () => 'http://['],
  ])('to %s is refused', async (_what, link) => {
    const error = await failureOf(follow(link()))
    expect(error).toMatchObject({ code: 'EGRESS_REFUSED', details: { operation: 'Subscribe' } })
    expect(error.message).not.toContain('evil')
    expect(upstream.seen).toEqual([])
  })

  test('is held to the base that the connection names', async () => {
    const own = { ...open, baseUrl: `${upstream.origin}/own/` }
    const about = definition('https://api.example.com')
    const call = (url: string) =>
      opened.invoker.call(invocation(about, hook, { connection: own, method: 'GET', url }))
    await call(`${upstream.origin}/own/next`)
    expect(upstream.last().path).toBe('/own/next')
    expect((await failureOf(call('https://api.example.com/next'))).code).toBe('EGRESS_REFUSED')
  })

  test('is held to the base that the operation names, which the connection’s own replaces', async () => {
    const about = definition('https://api.example.com')
    const elsewhere = operation({ baseUrl: `${upstream.origin}/uploads` })
    const call = (over: Partial<Invocation>) =>
      opened.invoker.call(invocation(about, elsewhere, { connection: open, ...over }))
    await call({})
    expect(upstream.last()).toMatchObject({ path: '/uploads/call', headers: { 'x-key': 'k1' } })
    await call({ connection: { ...open, baseUrl: `${upstream.origin}/own` } })
    expect(upstream.last().path).toBe('/own/call')
    expect((await failureOf(call({ method: 'GET', url: 'https://api.example.com/next' }))).code).toBe(
      'EGRESS_REFUSED',
    )
  })

  test('is held to the host that a policy makes, and keeps its path behind a route', async () => {
    const about = definition('https://placeholder.example', {
      policies: [
        policy('dynamichosturl', { urlTemplate: "@connectionParameters('host')/v2" }),
        policy('routerequesttoendpoint', { newPath: '/elsewhere' }),
        policy('setqueryparameter', { name: 'site', value: "@connectionParameters('site')" }),
      ],
    })
    const own = { ...open, parameters: { host: upstream.origin, site: 's1' } }
    await opened.invoker.call(invocation(about, hook, { connection: own, method: 'GET', url: '/next?p=2' }))
    expect(upstream.last().target).toBe('/next?p=2&key=k1&site=s1')
  })

  test('accepts the statuses that are answers, and only those', async () => {
    upstream.answer = json({ gone: true }, 404)
    expect(await follow('/hooks/7', { accept: [404, 410] })).toMatchObject({
      status: 404,
      body: { gone: true },
    })
    expect((await failureOf(follow('/hooks/7'))).code).toBe('UPSTREAM_ERROR')
  })
})

describe('a redirect', () => {
  const redirectTo = (location: string, status = 302) => {
    upstream.answer = (request, response) => {
      if (request.path === '/landed') json({ landed: true })(request, response)
      else response.writeHead(status, { location }).end()
    }
  }
  const call = (called = operation()) => opened.invoker.call(invocation(definition(upstream.origin), called))

  test.each([301, 302, 303, 307, 308])('%i of a GET or HEAD is followed', async status => {
    redirectTo('/landed', status)
    const result = await call()
    expect([result.body, result.url.pathname]).toEqual([{ landed: true }, '/landed'])
    await call(operation({ method: 'HEAD' }))
    expect(upstream.last().method).toBe('HEAD')
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('of a %s is not followed', async method => {
    redirectTo('/landed', 307)
    expect(await failureOf(call(operation({ method })))).toMatchObject({
      code: 'UPSTREAM_ERROR',
      details: { http: { status: 307 } },
    })
    expect(upstream.seen.length).toBe(1)
  })

  test('that never ends is given up after three hops', async () => {
    redirectTo('/again')
    expect((await failureOf(call())).code).toBe('UPSTREAM_INVALID')
    expect(upstream.seen.length).toBe(4)
  })

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.1/',
    'http://localhost:1/',
    'http://[::1]:1/',
    'file:///etc/passwd',
    'ftp://example.com/',
    'http://[',
  ])('to %s is refused', async location => {
    redirectTo(location)
    const error = await failureOf(call())
    expect(error.code).toBe('EGRESS_REFUSED')
  })

  test('to another origin takes no body and no header of the call along', async () => {
    await using other = await startUpstream()
    await using both = openInvoker({ allowPrivate: [upstream.origin, other.origin] })
    redirectTo(`${other.origin}/landed`, 307)
    const called = operation({
      parameters: [parameter('header', 'X-Private')],
      body: { name: 'body', required: true, schema: { type: 'any' } },
    })
    await both.invoker.call(
      invocation(definition(upstream.origin), called, {
        connection: open,
        arguments: wire({ header: { 'X-Private': 'p' } }, { private: true }),
      }),
    )
    expect(upstream.last().body.toString()).toBe('{"private":true}')
    const { target, headers, body } = other.last()
    expect([target, body.toString()]).toEqual(['/landed', ''])
    expect(headers).not.toHaveProperty('content-type')
    expect(headers).not.toHaveProperty('x-private')
    expect(headers).not.toHaveProperty('x-key')
  })

  test('within the origin takes the body along', async () => {
    redirectTo('/landed', 307)
    const called = operation({ body: { name: 'body', required: true, schema: { type: 'any' } } })
    await opened.invoker.call(
      invocation(definition(upstream.origin), called, { arguments: wire({}, { a: 1 }) }),
    )
    expect(upstream.last().body.toString()).toBe('{"a":1}')
  })

  test('from https to http is refused', async () => {
    await using substituted = openInvoker({ origins: [{ from: '*', to: upstream.origin }] })
    redirectTo('http://api.example.com/landed')
    const about = definition('https://api.example.com')
    const error = await failureOf(substituted.invoker.call(invocation(about, operation())))
    expect(error.message).toContain('from https:// to http://')
  })
})
