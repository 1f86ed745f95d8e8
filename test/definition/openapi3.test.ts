import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readDocument } from '../../src/definition/index.ts'
import { requirement } from '../harness/requirement.ts'
import { corpus } from './corpus.ts'
import { codes, defined, openapi, read } from './small-document.ts'

const ok = { 200: { description: 'ok' } }
const operation = (node: object, parts: object = {}, version = '3.0.3') => {
  const [first] = defined(
    openapi({ paths: { '/notes/{id}': { post: { responses: ok, ...node } } }, ...parts }, version),
  ).operations
  return first!
}
const body = (content: object, parts: object = {}) =>
  operation({ requestBody: { required: true, content } }, parts)

describe('servers', () => {
  test.each([
    [
      [
        {
          url: 'https://{region}.example.com/{v}/',
          variables: { region: { default: 'eu' }, v: { default: 'v2' } },
        },
      ],
      'https://eu.example.com/v2',
    ],
    [[{ url: '/api/v2/' }], 'https://connector.invalid/api/v2'],
    [[{ url: 'https://{unset}/x' }], 'https://connector.invalid/x'],
    [[{ url: '//api.example.com/x' }], 'https://api.example.com/x'],
    [undefined, 'https://connector.invalid'],
    [
      [{ url: 'http://api.example.com/x' }, { url: 'https://api.example.com/x' }],
      'https://api.example.com/x',
    ],
    [[{ url: 'http://api.example.com/x' }, { url: 'https://api.example.com/y' }], 'http://api.example.com/x'],
  ])('%j', (servers, expected) => expect(defined(openapi({ servers })).baseUrl).toBe(expected))

  const at = (...urls: string[]) => ({ servers: urls.map(url => ({ url })) })
  const own = 'https://own.example.com/v2'
  /** The document's base URL, and each operation's own. */
  const placed = (paths: object, parts: object = {}) => {
    const { definition, diagnostics } = read(openapi({ paths, ...parts }))
    const own = definition?.operations.map(({ baseUrl }) => baseUrl ?? null)
    return [definition?.baseUrl, own, diagnostics.map(({ code }) => code)]
  }
  const get = (parts: object) => ({ get: { operationId: 'Get', responses: ok, ...parts } })

  test('an operation on a server of its own has its own base URL, and is told', () => {
    const paths = {
      '/a': { ...at(own), ...get({}), post: { operationId: 'P', responses: ok, ...at('/v1') } },
    }
    expect(placed(paths)).toEqual(['https://api.example.com/v1', [own, null], ['SERVER_ELSEWHERE']])
    expect(placed({ '/a': get(at('/v2')) })[1]).toEqual(['https://api.example.com/v2'])
  })

  test('it is where the API is if any of its servers is', () => {
    const base = 'https://api.example.com/v1'
    expect(placed({ '/a': get(at(own, base)) })).toEqual([base, [null], []])
    const both = at('http://api.example.com/v1', base)
    expect(placed({ '/a': get(both) }, both)).toEqual([base, [null], []])
    expect(placed({ '/a': get(at('http://api.example.com/v1')) }, both)).toEqual([base, [null], []])
  })

  test('of several of its own the encrypted twin of the first is taken', () => {
    const paths = { '/a': get(at('http://own.example.com/v2', 'https://more.example.com', `${own}/`)) }
    expect(placed(paths)[1]).toEqual([own])
    expect(placed({ '/a': get(at('http://own.example.com/v2')) })[2]).toEqual([
      'SCHEME_INSECURE',
      'SERVER_ELSEWHERE',
    ])
  })

  test('a server that names no host is never the API’s own', () => {
    expect(placed({ '/a': get(at('https://{unset}/v1')) })).toEqual([
      'https://api.example.com/v1',
      ['https://connector.invalid/v1'],
      ['SERVER_MISSING', 'SERVER_ELSEWHERE'],
    ])
  })

  test('a document without servers lives where most of its operations do', () => {
    const paths = {
      '/a': get(at('https://few.example.com')),
      '/b': { ...at(own), ...get({ operationId: 'B' }), post: { operationId: 'C', responses: ok } },
    }
    expect(placed(paths, { servers: undefined })).toEqual([
      own,
      ['https://few.example.com', null, null],
      ['SERVER_ELSEWHERE'],
    ])
  })
})

describe('parameters', () => {
  const query = (parts: object) =>
    operation({ parameters: [{ name: 'q', in: 'query', ...parts }] }).parameters.filter(
      ({ in: place }) => place === 'query',
    )
  const list = { schema: { type: 'array', items: { type: 'string' } } }

  test.each([
    [{}, 'multi'],
    [{ explode: false }, 'csv'],
    [{ style: 'form', explode: true }, 'multi'],
    [{ style: 'spaceDelimited' }, 'ssv'],
    [{ style: 'pipeDelimited' }, 'pipes'],
  ])('a list with %j', (style, expected) => {
    expect(query({ ...list, ...style })[0]?.collectionFormat).toBe(expected)
  })

  test('objects are spread over the query', () => {
    const schema = {
      type: 'object',
      properties: { gt: { type: 'integer' }, lt: { type: 'integer' } },
      required: ['gt'],
    }
    expect(
      query({ schema, style: 'deepObject', required: true }).map(({ name, required }) => [name, required]),
    ).toEqual([
      ['q[gt]', true],
      ['q[lt]', false],
    ])
    expect(query({ schema }).map(({ name }) => name)).toEqual(['gt', 'lt'])
    expect(query({ schema: { type: 'object' } })).toMatchObject([{ name: 'q', schema: { type: 'string' } }])
  })

  test('labels beside the schema, JSON in text, headers that are not for parameters', () => {
    expect(query({ description: 'D', schema: { type: 'string' }, 'x-ms-summary': 'S' })[0]?.schema).toEqual({
      type: 'string',
      description: 'D',
      title: 'S',
    })
    expect(query({ content: { 'application/json': { schema: { type: 'object' } } } })[0]?.schema.type).toBe(
      'string',
    )
    const headers = ['Accept', 'Authorization', 'content-type', 'X-Kept'].map(name => ({
      name,
      in: 'header',
      schema: {},
    }))
    expect(
      operation({ parameters: headers })
        .parameters.filter(({ in: place }) => place === 'header')
        .map(({ name }) => name),
    ).toEqual(['X-Kept'])
  })

  test('cookies cannot be sent', () => {
    const result = read(
      openapi({
        paths: { '/a': { get: { parameters: [{ name: 'c', in: 'cookie', schema: {} }], responses: ok } } },
      }),
    )
    expect(result.definition?.operations[0]?.parameters).toEqual([])
    expect(codes(result)).toContain('WARNING PARAMETER_INVALID')
  })
})

describe('bodies', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }

  test('JSON where it is offered', () => {
    const found = body({ 'multipart/form-data': { schema }, 'application/vnd.x+json': { schema } })
    expect(found).toMatchObject({
      contentType: 'application/vnd.x+json',
      body: { name: 'body', required: true, schema: { type: 'object' } },
    })
  })

  test('forms become form parameters', () => {
    const found = body(
      {
        'multipart/form-data': {
          schema: {
            allOf: [{ $ref: '#/components/schemas/Base' }],
            type: 'object',
            properties: {
              file: { type: 'string', format: 'binary' },
              many: { type: 'array', items: { type: 'string', format: 'binary' } },
            },
          },
        },
      },
      { components: { schemas: { Base: schema } } },
    )
    expect(found.contentType).toBe('multipart/form-data')
    expect(found.body).toBeNull()
    expect(found.parameters.filter(({ in: place }) => place === 'form')).toMatchObject([
      { name: 'a', required: true, schema: { type: 'string' } },
      { name: 'file', required: false, schema: { type: 'string', format: 'binary' } },
      { name: 'many', schema: { type: 'array', items: { type: 'string', format: 'binary' } } },
    ])
    expect(body({ 'application/x-www-form-urlencoded': { schema } })).toMatchObject({
      contentType: 'application/x-www-form-urlencoded',
      parameters: [{ in: 'path' }, { name: 'a', in: 'form', collectionFormat: 'multi' }],
    })
  })

  test('text and bytes', () => {
    expect(body({ 'text/plain': {} })).toMatchObject({
      contentType: 'text/plain',
      body: { schema: { type: 'string' } },
    })
    expect(body({ 'image/png': {} }).body?.schema).toEqual({ type: 'string', format: 'binary' })
  })
})

describe('responses', () => {
  const response = (content: object) =>
    operation({ responses: { '2XX': { description: 'd', content } } }).response
  test('JSON first, text as text, everything else as bytes', () => {
    expect(response({ 'text/html': {}, 'application/json': { schema: { type: 'boolean' } } })).toEqual({
      type: 'boolean',
    })
    expect(response({ 'text/csv': { schema: { type: 'object' } } })).toEqual({ type: 'string' })
    expect(response({ 'application/xml': {} })).toEqual({ type: 'string' })
    expect(response({ 'application/xml': { schema: { type: 'string' } } })).toEqual({ type: 'string' })
    const id = { type: 'string', xml: { name: 'Id', attribute: true, prefix: 'x', wrapped: false } }
    expect(
      response({ 'application/atom+xml': { schema: { type: 'array', items: id, xml: { wrapped: true } } } }),
    ).toEqual({
      type: 'array',
      items: { type: 'string', xml: { name: 'Id', attribute: true } },
      xml: { wrapped: true },
    })
    expect(response({ 'application/pdf': {} })).toMatchObject({ type: 'string', format: 'binary' })
    expect(response({})).toBeNull()
  })
})

describe('schemas of 3.1', () => {
  const schema = (value: object) =>
    operation({ requestBody: { content: { 'application/json': { schema: value } } } }, {}, '3.1.0').body
      ?.schema
  test.each([
    [{ type: ['string', 'null'] }, { type: 'string', nullable: true }],
    [{ type: ['string', 'integer'] }, { type: 'any' }],
    [{ const: 'a' }, { type: 'string', enum: [{ value: 'a' }] }],
    [
      { oneOf: [{ const: 'a', title: 'A' }, { const: 'b' }] },
      { type: 'string', enum: [{ value: 'a' }, { value: 'b' }] },
    ],
    [
      { type: 'string', contentEncoding: 'base64' },
      { type: 'string', format: 'byte' },
    ],
    [
      { type: 'object', properties: { a: true } },
      { type: 'object', properties: { a: { type: 'any' } }, required: [], additional: null },
    ],
  ])('%j', (value, expected) => expect(schema(value)).toEqual(expected))

  test('3.0 says nullable', () => {
    expect(body({ 'application/json': { schema: { type: 'string', nullable: true } } }).body?.schema).toEqual(
      { type: 'string', nullable: true },
    )
  })
})

const alertmanager = corpus('real-servers/alertmanager/openapi.yaml')
test.skipIf(!requirement('the Alertmanager document of the corpus', existsSync(alertmanager)))(
  'a real self-hosted API',
  () => {
    const { definition, diagnostics } = readDocument({
      name: 'alertmanager',
      document: readFileSync(alertmanager, 'utf8'),
      properties: null,
    })
    expect(diagnostics.map(({ code }) => code)).toEqual(['SERVER_MISSING'])
    expect(definition).toMatchObject({
      name: 'alertmanager',
      baseUrl: 'https://connector.invalid/api/v2',
      authentications: [{ kind: 'NONE' }],
    })
    const byId = new Map(definition?.operations.map(each => [each.id, each]))
    expect([...byId.keys()].sort()).toEqual([
      'deleteSilence',
      'getAlertGroups',
      'getAlerts',
      'getReceivers',
      'getSilence',
      'getSilences',
      'getStatus',
      'postAlerts',
      'postSilences',
    ])
    expect(byId.get('getSilences')?.parameters).toMatchObject([
      { name: 'filter', in: 'query', collectionFormat: 'multi' },
    ])
    expect(byId.get('postSilences')).toMatchObject({
      body: { name: 'silence', required: true, schema: { ref: 'postableSilence' } },
      contentType: 'application/json',
    })
    const silence = definition?.schemas.gettableSilence
    expect(silence?.type === 'object' && Object.keys(silence.properties)).toEqual(
      expect.arrayContaining(['id', 'status', 'matchers', 'startsAt']),
    )
    expect(byId.get('getAlerts')?.parameters.find(({ name }) => name === 'active')?.schema).toMatchObject({
      type: 'boolean',
      default: true,
    })
  },
)

describe('webhooks', () => {
  const opened = {
    post: {
      operationId: 'issue/opened',
      summary: 'An issue was opened.',
      parameters: [{ name: 'X-Event', in: 'header', schema: { type: 'string' } }],
      requestBody: {
        content: {
          'application/json': { schema: { type: 'object', properties: { title: { type: 'string' } } } },
        },
      },
      responses: ok,
    },
  }

  test.each([
    ['webhooks', '3.1.0'],
    ['x-webhooks', '3.0.3'],
  ])('%s are triggers whose URL is given by hand', (key, version) => {
    const [listed, trigger] = defined(openapi({ [key]: { opened } }, version)).operations
    expect(listed?.id).toBe('ListNotes')
    expect(trigger).toMatchObject({
      id: 'issue/opened',
      role: { role: 'webhook', callbackPaths: [], delivers: 'body', once: false },
      parameters: [],
      body: null,
      response: null,
      event: { type: 'object', properties: { title: { type: 'string' } } },
    })
  })

  test('alone they are enough for a connector, and those without an id are named by their key', () => {
    const { operations } = defined(
      openapi({ paths: undefined, webhooks: { accountClosed: { post: { responses: ok } } } }, '3.1.0'),
    )
    expect(operations).toMatchObject([{ id: 'on_accountClosed', event: { type: 'any' } }])
  })

  test('they take no name from an operation', () => {
    const { operations } = defined(
      openapi({ webhooks: { a: { post: { operationId: 'ListNotes', responses: ok } } } }, '3.1.0'),
    )
    expect(operations.map(({ id, path }) => [id, path])).toEqual([
      ['ListNotes', '/notes'],
      ['ListNotes_2', '/'],
    ])
  })
})

describe('OAuth 2.0 schemes that are demanded together', () => {
  const flow = (name: string, parts: object) => ({
    type: 'oauth2',
    flows: { [name]: { scopes: {}, ...parts } },
  })
  const authorizationUrl = 'https://login.example.com/authorize'
  const tokenUrl = 'https://login.example.com/token'

  test('are one consent, by the flow that can be kept', () => {
    const securitySchemes = {
      implicit: flow('implicit', { authorizationUrl }),
      code: flow('authorizationCode', { authorizationUrl, tokenUrl }),
    }
    const { definition, diagnostics } = read(
      openapi({ components: { securitySchemes }, security: [{ implicit: [], code: [] }] }),
    )
    expect(definition?.authentications).toMatchObject([
      {
        kind: 'OAUTH2_CODE',
        oauth: { settings: { authorizationurl: authorizationUrl, tokenurl: tokenUrl } },
      },
    ])
    expect(diagnostics).toEqual([])
  })
})
