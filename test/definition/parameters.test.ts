import { describe, expect, test } from 'vitest'
import { codes, operationOf, read, swagger } from './small-document.ts'

const ok = { 200: { description: 'ok' } }
const get = (parameters: unknown[], path = '/notes', parts = {}) =>
  operationOf({ get: { operationId: 'Get', parameters, responses: ok } }, path, parts).parameters
const post = (parts: object, root = {}) =>
  operationOf({ post: { operationId: 'Post', responses: ok, ...parts } }, '/notes', root)

describe('where parameters come from', () => {
  test("an operation's parameter replaces the path item's, references are followed, and of twins the last counts", () => {
    const { parameters } = operationOf(
      {
        parameters: [
          { name: 'a', in: 'query', type: 'string' },
          { name: 'b', in: 'header', type: 'string' },
        ],
        get: {
          operationId: 'Get',
          parameters: [
            { $ref: '#/parameters/Shared' },
            { name: 'a', in: 'query', type: 'boolean' },
            { name: 'a', in: 'query', type: 'number' },
          ],
          responses: ok,
        },
      },
      '/notes',
      { parameters: { Shared: { name: 'c', in: 'query', type: 'integer', required: true } } },
    )
    expect(
      parameters.map(({ name, in: location, schema, required }) => [name, location, schema.type, required]),
    ).toEqual([
      ['a', 'query', 'number', false],
      ['b', 'header', 'string', false],
      ['c', 'query', 'integer', true],
    ])
  })

  test('path parameters are the tokens of the template', () => {
    const result = read(
      swagger({
        paths: {
          '/{ID}/x/{odd name}/{lost}': {
            get: {
              operationId: 'Get',
              parameters: [
                { name: 'id', in: 'path', type: 'integer', required: true },
                {
                  name: 'odd name',
                  in: 'path',
                  type: 'string',
                  required: false,
                  'x-ms-url-encoding': 'double',
                },
                { name: 'surplus', in: 'path', type: 'string', required: true },
              ],
              responses: ok,
            },
          },
        },
      }),
    )
    const parameters = result.definition?.operations[0]?.parameters
    expect(parameters?.map(({ name, required, encoding }) => [name, required, encoding])).toEqual([
      ['ID', true, 'single'],
      ['odd name', true, 'double'],
      ['lost', true, 'single'],
    ])
    expect(codes(result).filter(code => code === 'WARNING PARAMETER_INVALID').length).toBeGreaterThan(0)
  })

  test('names are trimmed in queries and headers only, and a header must be able to be one', () => {
    expect(
      get(
        [
          { name: ' limit', in: 'query', type: 'integer' },
          { name: 'X-Key ', in: 'header', type: 'string' },
          { name: '[[Dummy]]', in: 'header', type: 'string' },
          { name: ' id', in: 'path', type: 'string', required: true },
        ],
        '/notes/{ id}',
      ).map(({ name }) => name),
    ).toEqual(['limit', 'X-Key', ' id'])
  })
})

describe('how they are sent', () => {
  test("a header's default has no white space at its edges, where a line break could not be sent", () => {
    const [header, query] = get([
      { name: 'Accept', in: 'header', type: 'string', default: ' application/json\r' },
      { name: 'q', in: 'query', type: 'string', default: ' x\r' },
    ])
    expect([header?.schema.default, query?.schema.default]).toEqual(['application/json', ' x\r'])
  })

  test('lists: csv unless the document says otherwise', () => {
    const formats = ['csv', 'ssv', 'tsv', 'pipes', 'multi', undefined, 'nonsense']
    const parameters = formats.map((collectionFormat, index) => ({
      name: `p${index}`,
      in: 'query',
      type: 'array',
      items: { type: 'string' },
      collectionFormat,
    }))
    expect(get(parameters).map(({ collectionFormat }) => collectionFormat)).toEqual([
      'csv',
      'ssv',
      'tsv',
      'pipes',
      'multi',
      'csv',
      'csv',
    ])
  })

  test('a constant is internal, required and has a default; nothing else is', () => {
    const internal = { in: 'query', type: 'string', 'x-ms-visibility': 'internal' }
    const parameters = get(
      [
        { ...internal, name: 'constant', required: true, default: 'v1' },
        { ...internal, name: 'unlisted', required: true, default: 'v1', enum: ['v2'] },
        { ...internal, name: 'optional', default: 'v1' },
        { ...internal, name: 'empty', required: true },
        { name: 'shown', in: 'query', type: 'string', required: true, default: 'v1' },
        { ...internal, in: 'path', name: 'version', default: 'v1' },
      ],
      '/{version}',
    )
    expect(
      parameters.filter(each => 'constant' in each).map(({ name, constant }) => [name, constant]),
    ).toEqual([
      ['constant', 'v1'],
      ['unlisted', 'v1'],
      ['version', 'v1'],
    ])
  })
})

describe('bodies', () => {
  const body = (schema: object, consumes?: string[]) =>
    post({
      parameters: [{ name: 'note', in: 'body', required: true, schema }],
      ...(consumes ? { consumes } : {}),
    })

  test.each([
    [{ type: 'object' }, undefined, 'application/json'],
    [
      { type: 'object' },
      ['text/plain', 'application/json-patch+json', 'application/json'],
      'application/json-patch+json',
    ],
    [{ type: 'object' }, ['multipart/form-data'], 'application/json'],
    [{ type: 'object' }, ['application/*+json'], 'application/json'],
    [{ type: 'string' }, ['application/json'], 'application/json'],
    [{ type: 'string' }, ['text/xml', 'application/json'], 'text/xml'],
    [{ type: 'string', format: 'binary' }, undefined, 'application/octet-stream'],
    [{ type: 'string', format: 'binary' }, ['application/json', 'image/png'], 'image/png'],
  ])('%j with %j goes out as %s', (schema, consumes, expected) => {
    expect(body(schema, consumes).contentType).toBe(expected)
  })

  test('the document says what the operation leaves unsaid', () => {
    const parts = { parameters: [{ name: 'note', in: 'body', schema: {} }] }
    expect(post(parts, { consumes: ['application/vnd.notes+json'] }).contentType).toBe(
      'application/vnd.notes+json',
    )
    expect(post(parts).body).toEqual({ name: 'note', schema: { type: 'any' }, required: false })
    expect(post({}).contentType).toBeNull()
  })

  test('forms', () => {
    const field = { name: 'a', in: 'formData', type: 'string', required: true }
    const file = { name: 'f', in: 'formData', type: 'file' }
    expect(post({ parameters: [field] }).contentType).toBe('application/x-www-form-urlencoded')
    expect(post({ parameters: [field], consumes: ['multipart/form-data'] }).contentType).toBe(
      'multipart/form-data',
    )
    const operation = post({ parameters: [field, file], consumes: ['application/x-www-form-urlencoded'] })
    expect(operation.contentType).toBe('multipart/form-data')
    expect(operation.body).toBeNull()
    expect(operation.parameters).toMatchObject([
      { name: 'a', in: 'form', required: true, schema: { type: 'string' } },
      { name: 'f', in: 'form', required: false, schema: { type: 'string', format: 'binary' } },
    ])
  })
})

describe('responses', () => {
  const response = (responses: object, parts: object = {}) =>
    operationOf({ get: { operationId: 'Get', responses, ...parts } }).response
  const typed = (type: string) => ({ description: '', schema: { type } })

  test.each([
    [{ 202: typed('number'), 201: typed('string'), 200: typed('boolean') }, 'boolean'],
    [{ 206: typed('number'), 201: typed('string') }, 'string'],
    [{ 206: typed('number'), 203: typed('boolean'), default: typed('string') }, 'boolean'],
    [{ 400: typed('number'), default: typed('string') }, 'string'],
    [{}, 'any'],
    [{ 200: { description: '' } }, 'any'],
  ])('of %j is %s', (responses, type) => expect(response(responses)?.type).toBe(type))

  test('nothing, text and bytes', () => {
    expect(response({ 204: { description: '' }, default: typed('string') })).toBeNull()
    expect(post({ responses: { 200: { description: '' } } }).response).toBeNull()
    expect(response({ 200: { description: '' } }, { produces: ['application/pdf'] })).toEqual({
      type: 'string',
      format: 'binary',
    })
    expect(response({ 200: { description: '' } }, { produces: ['text/csv'] })).toEqual({ type: 'string' })
    expect(operationOf({ head: { operationId: 'Head', responses: ok } }).response).toBeNull()
  })

  test('the next link is found whatever its case', () => {
    const schema = { type: 'object', properties: { nextLink: { type: 'string' }, value: { type: 'array' } } }
    const pageable = { 'x-ms-pageable': { nextLinkName: 'nextlink' } }
    expect(
      operationOf({ get: { responses: { 200: { description: '', schema } }, ...pageable } }).nextLink,
    ).toBe('nextLink')
    expect(operationOf({ get: { responses: ok } }).nextLink).toBeNull()
  })
})

describe('operations', () => {
  test('names are made up and told apart, whatever the order', () => {
    const item = { responses: ok }
    const paths = {
      '/b/{id}': { get: { ...item, operationId: 'Same' }, 'x-summary': 'no operation', post: item },
      '/a': { get: { ...item, operationId: 'Same' } },
    }
    const ids = (document: object) => {
      const found = read(swagger({ paths: document })).definition?.operations ?? []
      return Object.fromEntries(found.map(({ id, method, path }) => [`${method} ${path}`, id]))
    }
    const expected = { 'GET /a': 'Same', 'GET /b/{id}': 'Same_2', 'POST /b/{id}': 'post_b_id' }
    expect(ids(paths)).toEqual(expected)
    expect(ids(Object.fromEntries(Object.entries(paths).reverse()))).toEqual(expected)
    expect(codes(read(swagger({ paths })))).toEqual(
      expect.arrayContaining(['WARNING NAME_DUPLICATE', 'WARNING OPERATION_ID_MISSING']),
    )
  })

  test('what is safe, anonymous, deprecated and hidden', () => {
    const operation = operationOf({
      post: {
        operationId: 'P',
        responses: ok,
        'x-ms-safe-operation': true,
        security: [],
        deprecated: true,
        'x-ms-visibility': 'Internal',
      },
    })
    expect(operation).toMatchObject({ safe: true, anonymous: true, deprecated: true, visibility: 'internal' })
    expect(operationOf({ get: { responses: ok, security: [{ key: [] }] } })).toMatchObject({
      safe: true,
      anonymous: false,
    })
    expect(operationOf({ delete: { responses: ok } })).toMatchObject({ safe: false, visibility: 'normal' })
  })

  test('TRACE is left out, and told', () => {
    const result = read(swagger({ paths: { '/a': { trace: { responses: ok } } } }))
    expect(result.definition).toMatchObject({ operations: [], skipped: ['trace_a'] })
    expect(codes(result)).toContain('WARNING OPERATION_SKIPPED')
  })
})

describe('the server', () => {
  test.each([
    [{}, 'https://api.example.com/v1'],
    [{ basePath: '/' }, 'https://api.example.com'],
    [{ basePath: 'v2' }, 'https://api.example.com/v2'],
    [{ schemes: ['http', 'https'] }, 'http://api.example.com/v1'],
    [{ schemes: [] }, 'https://api.example.com/v1'],
    [{ host: 'localhost:4433' }, 'https://localhost:4433/v1'],
    [{ host: 'https://api.example.com/ignored' }, 'https://api.example.com/v1'],
    [{ host: undefined }, 'https://connector.invalid/v1'],
    [{ host: '{{host}}' }, 'https://connector.invalid/v1'],
    [{ host: 'The host of your API.' }, 'https://connector.invalid/v1'],
    [{ host: 'user:password@api.example.com' }, 'https://connector.invalid/v1'],
  ])('%j', (parts, expected) => {
    const result = read(swagger(parts))
    expect(result.definition?.baseUrl).toBe(expected)
    expect(codes(result).includes('WARNING SERVER_MISSING')).toBe(expected.includes('connector.invalid'))
    expect(codes(result).includes('WARNING SCHEME_INSECURE')).toBe(expected.startsWith('http:'))
  })
})
