// Policy templates by the examples of the format's reference (§4.3, §12.1), over a real server.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OpenConnection } from '../../src/connections/index.ts'
import type { OperationDefinition, PolicyInstance } from '../../src/definition/index.ts'
import type { Invocation } from '../../src/invocation/index.ts'
import { policyTemplates } from '../../src/invocation/policies/index.ts'
import type { Json } from '../../src/json.ts'
import {
  authentication,
  connection,
  definition,
  invocation,
  operation,
  parameter,
  policy,
  wire,
} from './definitions.ts'
import { failureOf, type OpenedInvoker, openInvoker } from './open-invoker.ts'
import { json, startUpstream, type UpstreamServer } from './upstream-server.ts'

let upstream: UpstreamServer
let opened: OpenedInvoker
beforeAll(async () => {
  upstream = await startUpstream()
  opened = openInvoker({ origins: [{ from: '*', to: upstream.origin }] })
})
beforeEach(() => {
  upstream.answer = json({})
  upstream.seen.length = 0
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const site = connection(authentication('CUSTOM'), { key: 'k1' }, { parameters: { acct: 'bob' } })
const about = (...policies: PolicyInstance[]) =>
  definition('https://placeholder.example/api/v2', { policies })

async function called(
  policies: PolicyInstance[],
  does: OperationDefinition = operation({ path: '/items' }),
  rest: Partial<Invocation> = {},
) {
  const result = await opened.invoker.call(
    invocation(about(...policies), does, { connection: site, ...rest }),
  )
  const { method, target, headers, body } = upstream.last()
  return {
    method,
    url: `${String(headers['x-forwarded-proto'])}://${String(headers['x-forwarded-host'])}${target}`,
    headers,
    body: body.toString(),
    result,
  }
}

const posting = operation({ method: 'POST', body: { name: 'body', schema: { type: 'any' }, required: true } })
const rewritten = async (instance: PolicyInstance, body: Json) =>
  JSON.parse((await called([instance], posting, { arguments: wire({}, body) })).body)
const answered = async (instance: PolicyInstance, body: Json) => {
  upstream.answer = json(body)
  return (await called([{ ...instance, section: 'response' }])).result.body
}

test('the worked example of the reference', async () => {
  const addNote = operation({
    id: 'AddNote',
    method: 'POST',
    path: '/notes-mini/{book}',
    parameters: [parameter('path', 'book')],
    body: {
      name: 'body',
      required: true,
      schema: {
        type: 'object',
        additional: null,
        required: ['text', 'kind'],
        properties: {
          text: { type: 'string' },
          kind: { type: 'string', visibility: 'internal', default: 'short' },
        },
      },
    },
  })
  const example = definition('https://api.placeholder.io/v2', {
    policies: [
      policy('dynamichosturl', { urlTemplate: "https://@connectionParameters('Site').notes.io/v2" }),
      policy('setheader', {
        name: 'Authorization',
        value: "Token @headers('Authorization')",
        existsAction: 'override',
      }),
      policy('routerequesttoendpoint', { newPath: '/books/{book}/notes' }, { operations: ['AddNote'] }),
      policy('setproperty', {
        newPropertyParentPathTemplate: '@body()',
        newPropertySubPathTemplate: 'tags',
        propertyValuePathTemplate: '["from-hub"]',
      }),
    ],
  })
  const how = authentication('API_KEY', [{ in: 'header', name: 'Authorization', parameter: 'api_key' }])
  const open = connection(how, { api_key: 'k1' }, { parameters: { site: 'acme' } })
  const given = wire({ path: { book: 'a b/c' } }, { text: 'hi' })
  const result = await opened.invoker.call(
    invocation(example, addNote, { connection: open, arguments: given }),
  )
  expect(result.url.href).toBe('https://acme.notes.io/v2/books/a%20b%2Fc/notes')
  const { method, target, headers, body } = upstream.last()
  expect([method, target]).toEqual(['POST', '/v2/books/a%20b%2Fc/notes'])
  expect(headers).toMatchObject({
    authorization: 'Token k1',
    'content-type': 'application/json',
    'x-forwarded-host': 'acme.notes.io',
  })
  expect(JSON.parse(body.toString())).toEqual({ text: 'hi', kind: 'short', tags: ['from-hub'] })
})

describe('setheader', () => {
  const set = (parameters: Record<string, Json>, section: 'request' | 'response' = 'request') =>
    policy('SetHeader', parameters, { section })
  test('overrides, skips and appends', async () => {
    const first = set({ name: 'X-A', value: "Key @connectionParameters('key')" })
    expect((await called([first])).headers['x-a']).toBe('Key k1')
    expect((await called([first, set({ name: 'x-a', value: 'new' })])).headers['x-a']).toBe('new')
    expect(
      (await called([first, set({ name: 'x-a', value: 'new', existsAction: 'skip' })])).headers['x-a'],
    ).toBe('Key k1')
    expect(
      (await called([first, set({ name: 'x-a', value: 'new', existsAction: 'append' })])).headers['x-a'],
    ).toBe('Key k1, new')
  })

  test('may set Host and Content-Type; skips names no request can hold, framing, and an empty Authorization', async () => {
    const policies = [
      set({ name: 'Host', value: 'virtual.example' }),
      set({ name: 'Content-Type', value: 'application/x-me' }),
      set({ name: '[[Dummy]]', value: 'x' }),
      set({ name: 'Content-Length', value: '0' }),
      set({ name: 'Transfer-Encoding', value: 'chunked' }),
      set({ name: 'Authorization', value: "@connectionParameters('none')" }),
    ]
    const { headers, body } = await called(policies, posting, { arguments: wire({}, 'x') })
    expect(headers).toMatchObject({
      host: 'virtual.example',
      'content-type': 'application/x-me',
      'content-length': '1',
    })
    expect(headers).not.toHaveProperty('authorization')
    expect(body).toBe('x')
  })

  test('cannot break out of its line', async () => {
    const open = { ...site, parameters: { acct: 'a\r\nX-Evil: 1' } }
    const error = await failureOf(
      called([set({ name: 'X-A', value: "@connectionParameters('acct')" })], operation(), {
        connection: open,
      }),
    )
    expect(error.code).toBe('CREDENTIAL_INVALID')
    expect(upstream.seen).toEqual([])
  })

  test('sets a header of the answer', async () => {
    const { result } = await called([
      set({ name: 'Location', value: 'https://x.example/hooks/1' }, 'response'),
    ])
    expect(result.headers.location).toBe('https://x.example/hooks/1')
  })
})

describe('setqueryparameter', () => {
  const set = (parameters: Record<string, Json>) => policy('setqueryparameter', parameters)
  const does = operation({ path: '/items', parameters: [parameter('query', '$top')] })
  test.each([
    [{ name: '%24top', value: '5' }, '?$top=5'],
    [{ name: '$top', value: '5', existsAction: 'skip' }, '?$top=1'],
    [{ name: '$top', value: '5', existsAction: 'append' }, '?$top=1&$top=5'],
    [{ name: 'k', value: "@connectionParameters('key')&x" }, '?$top=1&k=k1%26x'],
    [{ name: 'k', value: "@connectionParameters('none','')" }, '?$top=1'],
    [{ name: 'k', value: '' }, '?$top=1&k='],
  ])('%j', async (parameters, query) => {
    const { url } = await called([set(parameters)], does, { arguments: wire({ query: { $top: 1 } }) })
    expect(url).toBe(`https://placeholder.example/api/v2/items${query}`)
  })
})

describe('dynamichosturl', () => {
  const host = (urlTemplate: string) => policy('dynamicHostUrl', { urlTemplate })
  const open = (parameters: Record<string, Json>): Partial<Invocation> => ({
    connection: { ...site, parameters },
  })

  test.each([
    [
      "https://@connectionParameters('acct').x.com/api/v2/",
      { acct: 'bob' },
      'https://bob.x.com/api/v2/items',
    ],
    ["https://@connectionParameters('acct')", { acct: 'https://own.example/' }, 'https://own.example/items'],
    ["@connectionParameters('acct')", { acct: ' own.example/base// ' }, 'https://own.example/base/items'],
    ["@connectionParameters('acct')", { acct: 'http://own.example:8080' }, 'http://own.example:8080/items'],
    ["https://@connectionParameters('acct')", { acct: 'http://own.example' }, 'http://own.example/items'],
    [
      "https://x.example/a.ashx?k=@connectionParameters('acct')",
      { acct: 'v' },
      'https://x.example/a.ashx/items?k=v',
    ],
    [
      "@connectionParameters('acct')",
      { acct: 'http://[2001:db8::1]:8080/x' },
      'http://[2001:db8::1]:8080/x/items',
    ],
    [
      "https://@connectionParameters('acct')/api/v2",
      { acct: ' https://own.example/ ' },
      'https://own.example/api/v2/items',
    ],
    ['https://constant.example', {}, 'https://constant.example/items'],
  ])('%s with %j', async (template, parameters, url) => {
    expect((await called([host(template)], undefined, open(parameters))).url).toBe(url)
  })

  test.each([
    {},
    { acct: '/' },
    { acct: '.' },
    { acct: 'a..b' },
    { acct: 'x:' },
    { acct: 'user:pass@evil.example' },
    { acct: 'ftp://x' },
    { acct: 'x.example/../admin' },
  ])('refuses what makes no address: %j', async parameters => {
    const error = await failureOf(
      called([host("https://@connectionParameters('acct')/x")], undefined, open(parameters)),
    )
    expect(['CREDENTIAL_INVALID', 'ARGUMENT_INVALID']).toContain(error.code)
  })

  test('a base URL of the connection settles the address', async () => {
    const own: OpenConnection = { ...site, baseUrl: 'https://own.example/base' }
    expect((await called([host('https://constant.example')], undefined, { connection: own })).url).toBe(
      'https://own.example/base/items',
    )
  })

  describe('where an argument is the whole host, the base URL of the connection stands for it', () => {
    const own: OpenConnection = { ...site, baseUrl: 'https://own.example/base/' }
    const does = operation({
      path: '/items',
      parameters: [parameter('header', 'Host-Name'), parameter('header', 'Query')],
    })
    const call = (template: string, query = '', baseUrl = own.baseUrl) =>
      called([host(template)], does, {
        connection: { ...own, baseUrl },
        arguments: wire({ header: { 'Host-Name': 'evil.example/x', Query: query } }),
      })

    test.each([
      ["https://@headers('Host-Name')/rest.ashx", '', 'https://own.example/base/rest.ashx/items'],
      ["https://@headers('Host-Name')/rest.ashx?v=1", '', 'https://own.example/base/rest.ashx/items?v=1'],
      [
        "https://@headers('Host-Name')/a?@headers('Query')",
        'b=c&d=e',
        'https://own.example/base/a/items?b=c&d=e',
      ],
      ["https://@headers('Host-Name')", '', 'https://own.example/base/items'],
      ["@headers('Host-Name')/a", '', 'https://own.example/base/items'],
      ["https://@headers('Host-Name').x.com/a", '', 'https://own.example/base/items'],
      ["https://@connectionParameters('acct')/a", '', 'https://own.example/base/items'],
    ])('%s with the query "%s"', async (template, query, url) => {
      expect((await call(template, query)).url).toBe(url)
    })

    test('a base URL that has the path already has it once', async () => {
      const template = "https://@headers('Host-Name')/rest.ashx"
      expect((await call(template, '', 'https://own.example/rest.ashx')).url).toBe(
        'https://own.example/rest.ashx/items',
      )
    })

    test('and leads no argument out of it', async () => {
      const error = await failureOf(call("https://@headers('Host-Name')/a/@headers('Query')", '../../admin'))
      expect(error.code).toBe('ARGUMENT_INVALID')
    })
  })

  describe('from an argument', () => {
    const does = operation({ path: '/items', parameters: [parameter('header', 'Tenant')] })
    const call = (template: string, tenant: string, connection: OpenConnection | null = site) =>
      called([host(template)], does, { connection, arguments: wire({ header: { Tenant: tenant } }) })

    test('labels below a domain of the package are filled in', async () => {
      expect((await call("https://@headers('Tenant').x.com/v2", 'a.b-1')).url).toBe(
        'https://a.b-1.x.com/v2/items',
      )
      expect((await call("https://r@headers('Tenant')-api.x.com", 'eu')).url).toBe(
        'https://reu-api.x.com/items',
      )
    })

    test.each([
      ["https://@headers('Tenant')", 'evil.example'],
      ["@headers('Tenant')", 'https://evil.example'],
      ["@headers('Tenant')://x.com", 'http'],
      ["https://@headers('Tenant').x.com", 'evil.example/'],
      ["https://@headers('Tenant').x.com", 'evil.example?'],
      ["https://@headers('Tenant').x.com", 'evil.example#'],
      ["https://@headers('Tenant').x.com", 'evil.example\\'],
      ["https://@headers('Tenant').x.com", 'evil.example:443@y'],
      ["https://@headers('Tenant')x.com", 'evil'],
      ["https://x.@headers('Tenant')", 'evil.example'],
      ["https://x.com.@headers('Tenant')/", 'evil.example'],
      ["https://x.com:@headers('Tenant')", '8080'],
    ])('%s with %s cannot carry the credential away', async (template, tenant) => {
      const error = await failureOf(call(template, tenant))
      expect(error.code).toBe('EGRESS_REFUSED')
      expect(error.message).toContain('base URL of the connection')
      expect(upstream.seen).toEqual([])
    })

    test('a copy in another header is still the argument', async () => {
      const copy = policy('setheader', { name: 'X-Copy', value: "@headers('Tenant')" })
      const error = await failureOf(
        called([copy, host("https://@headers('X-Copy')")], does, {
          arguments: wire({ header: { Tenant: 'evil.example' } }),
        }),
      )
      expect(error.code).toBe('EGRESS_REFUSED')
    })

    const appended = (name: string) => policy('setheader', { name, value: 'x', existsAction: 'append' })
    const routed = (newPath: string) => policy('routerequesttoendpoint', { newPath })
    const fetched = policy('setvaluefromurl', {
      parameterTemplate: "@headers('X-Host')",
      parameterValueUrl: "/hosts/@headers('Tenant')",
      parameterValuePathTemplate: '@body().host',
    })

    test.each([
      ['with something appended', [appended('Tenant')], "https://@headers('Tenant')"],
      [
        'in a query parameter',
        [policy('setqueryparameter', { name: 'h', value: "@headers('Tenant')" })],
        "https://@queryParameters('h')",
      ],
      ['in the query of a route', [routed("/x?fix=1&h=@headers('Tenant')")], "https://@queryParameters('h')"],
      [
        'in the query of another host',
        [host("https://x.com/?h=@headers('Tenant')")],
        "https://@queryParameters('h')",
      ],
      ['in what the API answers about it', [fetched], "https://@headers('X-Host')"],
    ])('%s it is still the argument', async (_what, policies, template) => {
      upstream.answer = json({ host: 'evil.example' })
      const error = await failureOf(
        called([...policies, host(template)], does, {
          arguments: wire({ header: { Tenant: 'evil.example' } }),
        }),
      )
      expect(error.code).toBe('EGRESS_REFUSED')
      expect(error.message).toContain('would choose the host')
    })

    test.each([
      ['the path that a route takes it from', [routed('/x?h={tenant}')], '/{tenant}'],
      ['the query of the operation itself', [], '/x?h={tenant}'],
    ])('a token in %s is the argument', async (_what, policies, path) => {
      const token = operation({ path, parameters: [parameter('path', 'tenant')] })
      const error = await failureOf(
        called([...policies, host("https://@queryParameters('h')")], token, {
          arguments: wire({ path: { tenant: 'evil.example' } }),
        }),
      )
      expect(error.code).toBe('EGRESS_REFUSED')
    })

    test('what the package says beside an argument is its own', async () => {
      const policies = [
        routed("/x?h=own.example&t=@headers('Tenant')"),
        host("https://@queryParameters('h')"),
      ]
      const given = { arguments: wire({ header: { Tenant: 'a' } }) }
      expect((await called(policies, does, given)).url).toBe('https://own.example/x?h=own.example&t=a')
    })

    test('a key that is called no secret is kept from it, too', async () => {
      const how = authentication('API_KEY', [{ in: 'header', name: 'X-Key', parameter: 'key' }])
      const plain = connection(how, {}, { parameters: { key: 'k' } })
      expect((await failureOf(call("https://@headers('Tenant')", 'evil.example', plain))).code).toBe(
        'EGRESS_REFUSED',
      )
    })

    test('without a secret the caller may choose', async () => {
      expect((await call("https://@headers('Tenant')", 'any.example', null)).url).toBe(
        'https://any.example/items',
      )
    })
  })
})

describe('routerequesttoendpoint', () => {
  const route = (newPath: string, httpMethod: Json = '@Request.OriginalHTTPMethod') =>
    policy('RouteRequestToEndpoint', { newPath, httpMethod })
  const does = operation({
    path: '/tasks-mini/{id}',
    parameters: [parameter('path', 'id'), parameter('query', 'site'), parameter('query', 'fields')],
  })
  const base = 'https://placeholder.example/api/v2'
  test.each([
    ['/v1/tasks/{id}?fields=min', {}, '/v1/tasks/7%2F8?fields=min'],
    ['v1/tasks', {}, '/v1/tasks'],
    ['/v1/{id}/{id}/', { fields: 'all' }, '/v1/7%2F8/7%2F8/?fields=all'],
    ['/x?fields=min', { fields: 'all', site: 's' }, '/x?site=s&fields=min'],
    ["/@connectionParameters('acct')/x", {}, '/bob/x'],
    ["/o/@queryParameters('site')/x", { site: 'a/b ?#' }, '/o/a%2Fb%20%3F%23/x?site=a%2Fb%20%3F%23'],
    ["/o/@queryParameters('site')", { site: 'a/b%20c' }, '/o/a/b%20c?site=a%2Fb%2520c'],
    ["/o/@queryParameters('site')", { site: '{id}' }, '/o/%7Bid%7D?site=%7Bid%7D'],
  ])('%s with %j', async (newPath, query, target) => {
    const { url, method } = await called([route(newPath)], does, {
      arguments: wire({ path: { id: '7/8' }, query }),
    })
    expect([method, url]).toEqual(['GET', `${base}${target}`])
  })

  test('changes the method where it names one', async () => {
    expect(
      (await called([route('/x', 'delete')], does, { arguments: wire({ path: { id: '1' } }) })).method,
    ).toBe('DELETE')
    expect(
      (
        await called([policy('routerequesttoendpoint', { httpMethod: null })], does, {
          arguments: wire({ path: { id: '1' } }),
        })
      ).url,
    ).toBe(`${base}/tasks-mini/1`)
  })

  test.each(['..', 'a/../b', '%2e%2e', '..%2f..'])('an argument %j cannot leave the path', async site => {
    const error = await failureOf(
      called([route("/o/@queryParameters('site')")], does, {
        arguments: wire({ path: { id: '1' }, query: { site } }),
      }),
    )
    expect(error.code).toBe('ARGUMENT_INVALID')
  })
})

describe('setvaluefromurl', () => {
  const etag = policy('SetValueFromUrl', {
    parameterTemplate: "@headers('If-Match')",
    parameterValueUrl: '/tasks/{id}',
    parameterValuePathTemplate: "@body()['@odata.etag']",
    httpMethod: 'GET',
  })
  const does = operation({
    method: 'DELETE',
    path: '/tasks/{id}',
    parameters: [parameter('path', 'id')],
    response: { type: 'string', format: 'binary' },
  })
  const given = { arguments: wire({ path: { id: 'a b' } }) }

  test('fetches the value first', async () => {
    upstream.answer = json({ '@odata.etag': 'W/"7"' })
    const { headers, method } = await called([etag], does, given)
    expect([method, headers['if-match']]).toEqual(['DELETE', 'W/"7"'])
    expect(upstream.seen.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'GET /api/v2/tasks/a%20b',
      'DELETE /api/v2/tasks/a%20b',
    ])
  })

  test('sends the credential along, and fails with the status of the first call', async () => {
    const page = policy('setvaluefromurl', {
      parameterTemplate: "@queryParameters('access_token')",
      parameterValueUrl: '/{id}?fields=access_token',
      parameterValuePathTemplate: '@body().access_token',
    })
    const how = authentication('API_KEY', [{ in: 'query', name: 'access_token', parameter: 'token' }])
    const connected = { ...given, connection: connection(how, { token: 'user' }) }
    upstream.answer = json({ access_token: 'page' })
    expect((await called([page], does, connected)).url).toContain('?access_token=page')
    expect(upstream.seen.map(({ target }) => target)).toEqual([
      '/api/v2/a%20b?fields=access_token&access_token=user',
      '/api/v2/tasks/a%20b?access_token=page',
    ])
    upstream.answer = json({}, 403)
    expect(await failureOf(called([page], does, connected))).toMatchObject({
      code: 'UPSTREAM_ERROR',
      details: { http: { status: 403 } },
    })
    upstream.answer = json({})
    expect((await failureOf(called([page], does, connected))).code).toBe('UPSTREAM_INVALID')
  })
})

describe('bodies', () => {
  const property = (parent: string, sub: string, value: string) =>
    policy('setProperty', {
      newPropertyParentPathTemplate: parent,
      newPropertySubPathTemplate: sub,
      propertyValuePathTemplate: value,
    })

  test.each([
    ['@body()', 'list', '[{@body().a}]', { a: { n: 1 } }, { a: { n: 1 }, list: [{ n: 1 }] }],
    ['@body()', 'limit', '30', {}, { limit: '30' }],
    [
      '@body().rows',
      'full',
      '{@item().a} {@item().b} !',
      { rows: [{ a: 1, b: 2 }, { a: 3 }] },
      {
        rows: [
          { a: 1, b: 2, full: '1 2 !' },
          { a: 3, full: '3  !' },
        ],
      },
    ],
    ['body()', "['odd.name']", 'x', {}, { 'odd.name': 'x' }],
    ['@body().missing', 'x', 'y', { a: 1 }, { a: 1 }],
    ['@body()', 'x', "@connectionParameters('key')", {}, { x: "@connectionParameters('key')" }],
    ['@body()', 'x', '[not json', {}, { x: '[not json' }],
    ['@body()', 'nextLink', '{@body().next}', { next: 'n' }, { next: 'n', nextLink: 'n' }],
  ])('setproperty %s %s %s', async (parent, sub, value, before, after) => {
    expect(await rewritten(property(parent, sub, value), before)).toEqual(after)
    expect(await answered(property(parent, sub, value), before)).toEqual(after)
  })

  test('stringreplace', async () => {
    const instance = policy('stringreplace', {
      propertyParentPath: '@body().rows',
      propertySubPath: 'url',
      sourceString: 'https://x/',
      replacementString: '',
      newPropertyPath: '@item().id',
    })
    expect(await answered(instance, { rows: [{ url: 'https://x/9' }, { url: 7 }, {}] })).toEqual({
      rows: [{ url: 'https://x/9', id: '9' }, { url: 7 }, {}],
    })
  })

  test('convertobjecttoarray and convertarraytoobject', async () => {
    const toArray = policy('convertobjecttoarray', {
      propertyParentPath: '@body()',
      propertySubPath: 'o',
      newPropertyPath: '@body().list',
      keyName: 'id',
    })
    expect(await answered(toArray, { o: { a: 1, b: null } })).toEqual({
      o: { a: 1, b: null },
      list: [
        { id: 'a', value: 1 },
        { id: 'b', value: null },
      ],
    })
    const root = policy('convertobjecttoarray', {
      propertyParentPath: '@body()',
      propertySubPath: 'null',
      newPropertyPath: '@body()',
    })
    expect(await answered(root, { a: 1 })).toEqual([{ key: 'a', value: 1 }])
    const toObject = policy('convertarraytoobject', {
      propertyParentPath: '@body()',
      propertySubPath: 'l',
      keyWithinCollectionPath: '@item().id',
      newPropertyPath: '@body().l',
      retainKey: 'false',
    })
    expect(await rewritten(toObject, { l: [{ id: 'a', n: 1 }, { id: 'b' }, { n: 2 }] })).toEqual({
      l: { a: { n: 1 }, b: null },
    })
  })

  test('stringtoarray, then encodepropertyvalue on each element', async () => {
    const split = policy('stringtoarray', {
      propertyParentPath: '@body()',
      propertySubPath: 'to',
      delimiterList: ';,',
      childPropertyName: 'id',
      newPropertyPath: '@body().to',
    })
    const encode = policy('encodepropertyvalue', {
      propertyParentPath: '@body().to',
      propertySubPath: 'id',
      newPropertyPath: '@item().id',
    })
    const { body } = await called([split, encode], posting, { arguments: wire({}, { to: 'a b; c/d,;' }) })
    expect(JSON.parse(body)).toEqual({ to: [{ id: 'a%20b' }, { id: 'c%2Fd' }] })
  })

  test('moveproperties', async () => {
    const instance = policy('moveproperties', {
      srcParentPath: '@body()',
      srcSubPath: 'customProperties',
      dstParentPath: '@body()',
      dstSubPath: 'null',
      copyOnlySubProperties: 'true',
    })
    expect(await rewritten(instance, { a: 1, customProperties: { b: 2 } })).toEqual({ a: 1, b: 2 })
    expect(await rewritten(instance, { a: 1 })).toEqual({ a: 1 })
  })

  test('int64 survives a rewrite', async () => {
    const given = { arguments: wire({}, { id: 9007199254740993n }) }
    expect((await called([property('@body()', 'copy', '[{@body().id}]')], posting, given)).body).toBe(
      '{"id":9007199254740993,"copy":[9007199254740993]}',
    )
  })
})

describe('the list', () => {
  test('knows every template of the format by a name of its own', () => {
    const names = policyTemplates.flatMap(template => template.names)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(names.map(name => name.toLowerCase()))
    expect(names).toHaveLength(16)
  })

  test.each(['updatenextlink', 'pollingtrigger', 'setconnectionstatustounauthenticated'])(
    '%s leaves the call as it is',
    async template => {
      for (const section of ['request', 'response', 'failure'] as const)
        expect((await called([policy(template, {}, { section })])).result.status).toBe(200)
    },
  )

  test('an unknown template refuses before the call, not behind it, and only where it applies', async () => {
    const unknown = policy('teleport', {}, { operations: ['Call'] })
    const error = await failureOf(called([unknown]))
    expect([error.code, error.message]).toEqual([
      'OPERATION_UNSUPPORTED',
      expect.stringContaining('"teleport"'),
    ])
    expect(upstream.seen).toEqual([])
    await called([{ ...unknown, section: 'response' }])
    await called([{ ...unknown, operations: ['Other'] }])
  })

  test('runs in the order of the package, each seeing the one before', async () => {
    const set = (name: string, value: string) => policy('setheader', { name, value })
    const { headers } = await called([
      set('X-A', '1'),
      set('X-B', "@headers('X-A')2"),
      set('X-A', "@headers('X-B')3"),
    ])
    expect([headers['x-a'], headers['x-b']]).toEqual(['123', '12'])
  })
})
