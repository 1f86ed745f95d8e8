// Documents of one dialect with parts of the other, or with parts where none can be: read where they leave no doubt, and
// told in any case.
import { describe, expect, test } from 'vitest'
import { openapi, read, swagger } from './small-document.ts'

const done = { 204: { description: 'done' } }
const note = { type: 'object', properties: { text: { type: 'string' } } }
const content = { 'application/json': { schema: note } }
const fields = {
  type: 'object',
  properties: { text: { type: 'string' } },
  required: [],
  additional: null,
}

/** The only operation, and what was found, of a POST with these members. */
function posted(document: typeof swagger, operation: object, item: object = {}) {
  const { definition, diagnostics } = read(
    document({
      paths: { '/notes': { ...item, post: { operationId: 'Make', responses: done, ...operation } } },
    }),
  )
  return { operation: definition?.operations[0], diagnostics }
}
const told = (code: string, pointer: string, message: RegExp) =>
  expect.objectContaining({
    severity: 'WARNING',
    code,
    pointer: `/paths/~1notes/${pointer}`,
    operation: 'Make',
    message: expect.stringMatching(message),
  })

describe('Swagger 2.0', () => {
  test('with a requestBody and the content of a response', () => {
    const { operation, diagnostics } = posted(swagger, {
      requestBody: { required: true, content },
      responses: { 200: { description: 'ok', content } },
    })
    expect(operation).toMatchObject({
      body: { required: true, schema: fields },
      contentType: 'application/json',
      response: fields,
    })
    expect(diagnostics).toEqual([
      told('DOCUMENT_INVALID', 'post/requestBody', /requestBody is no part of Swagger 2.0; it is read/),
      told('DOCUMENT_INVALID', 'post/responses/200/content', /content .* is read as OpenAPI 3/),
    ])
  })

  test('its own spelling wins', () => {
    const { operation, diagnostics } = posted(swagger, {
      requestBody: { content },
      parameters: [{ name: 'b', in: 'body', schema: { type: 'string' } }],
      responses: { 200: { description: 'ok', content, schema: { type: 'boolean' } } },
    })
    expect(operation).toMatchObject({ body: { name: 'b' }, response: { type: 'boolean' } })
    expect(diagnostics).toEqual([
      told('DOCUMENT_INVALID', 'post/requestBody', /left out/),
      told('DOCUMENT_INVALID', 'post/responses/200/content', /left out/),
    ])
  })
})

describe('OpenAPI 3', () => {
  test('with a body among the parameters and the schema of a response', () => {
    const { operation, diagnostics } = posted(openapi, {
      parameters: [{ name: 'b', in: 'body', required: true, schema: note }],
      responses: { 200: { description: 'ok', schema: note } },
    })
    expect(operation).toMatchObject({
      body: { name: 'b', required: true, schema: fields },
      contentType: 'application/json',
      response: fields,
    })
    expect(diagnostics).toEqual([
      told('DOCUMENT_INVALID', 'post/parameters/0', /is read as Swagger 2.0/),
      told('DOCUMENT_INVALID', 'post/responses/200/schema', /is read as Swagger 2.0/),
    ])
  })

  const field = { name: 'f', in: 'formData', type: 'string' }
  test('with form fields among the parameters', () => {
    const { operation, diagnostics } = posted(openapi, { parameters: [field] })
    expect(operation).toMatchObject({
      parameters: [{ name: 'f', in: 'form', schema: { type: 'string' } }],
      contentType: 'application/x-www-form-urlencoded',
    })
    expect(diagnostics).toEqual([told('DOCUMENT_INVALID', 'post', /form field .* is read/)])
  })

  test('its own spelling wins', () => {
    const { operation, diagnostics } = posted(openapi, { parameters: [field], requestBody: { content } })
    expect(operation).toMatchObject({ parameters: [], body: { schema: fields } })
    expect(diagnostics).toEqual([told('DOCUMENT_INVALID', 'post', /left out/)])
  })
})

describe('parameters', () => {
  test('that are no list, or no objects', () => {
    const query = { name: 'q', in: 'query', type: 'string' }
    const { operation, diagnostics } = posted(
      swagger,
      { parameters: [query, 'q', null] },
      { parameters: { q: query } },
    )
    expect(operation?.parameters).toMatchObject([{ name: 'q' }])
    expect(diagnostics).toEqual([
      told('PARAMETER_INVALID', 'parameters', /no list/),
      told('PARAMETER_INVALID', 'post/parameters/1', /no object/),
      told('PARAMETER_INVALID', 'post/parameters/2', /no object/),
    ])
  })

  const body = (name: string) => ({ name, in: 'body', schema: note })
  test('that are two bodies', () => {
    const { operation, diagnostics } = posted(swagger, { parameters: [body('a'), body('b')] })
    expect(operation?.body?.name).toBe('b')
    expect(diagnostics).toEqual([told('PARAMETER_INVALID', 'post/parameters/0', /body/)])
  })

  test('an operation’s body replaces the path item’s of its name', () => {
    const parameters = [body('a')]
    expect(posted(swagger, { parameters }, { parameters }).diagnostics).toEqual([])
  })
})

test.each([
  [{ host: 'api.example.com/v1/', basePath: undefined }, 'https://api.example.com/v1', /taken/],
  [{ host: 'api.example.com/v1', basePath: '/' }, 'https://api.example.com/v1', /taken/],
  [{ host: 'http://api.example.com/v1', basePath: '/v2' }, 'http://api.example.com/v2', /left out/],
])('a host with a path: %j', (parts, baseUrl, message) => {
  const { definition, diagnostics } = read(swagger(parts))
  expect(definition?.baseUrl).toBe(baseUrl)
  expect(diagnostics).toContainEqual(
    expect.objectContaining({
      severity: 'WARNING',
      code: 'DOCUMENT_INVALID',
      pointer: '/host',
      message: expect.stringMatching(message),
    }),
  )
})
