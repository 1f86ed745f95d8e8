import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ReadResult, readDocument, type Schema } from '../../src/definition/index.ts'
import { codes, openapi, read, swagger } from './small-document.ts'

const bounds = {
  schemas: 2_000,
  schemaDepth: 20,
  diagnostics: 50,
  values: 20_000,
  depth: 50,
  operations: 100,
}

function readBounded(document: string, properties: string | null = null): ReadResult {
  return readDocument({ name: 'notes', document, properties }, bounds)
}

/** Schemas as they are written out, counted at most to `limit`. */
function countSchemas(result: ReadResult, limit: number): number {
  let count = 0
  const walk = (schema: Schema | null) => {
    if (schema === null || count > limit) return
    count += 1
    if (schema.type === 'array') walk(schema.items)
    if (schema.type !== 'object') return
    for (const property of Object.values(schema.properties)) walk(property)
    walk(schema.additional)
  }
  const { definition } = result
  for (const schema of Object.values(definition?.schemas ?? {})) walk(schema)
  for (const { parameters, body, response, event } of definition?.operations ?? []) {
    for (const { schema } of parameters) walk(schema)
    walk(body?.schema ?? null)
    walk(response)
    walk(event)
  }
  return count
}

function expectWithinBounds(result: ReadResult) {
  // A response that is an event too stands in both places, and an exhausted reader still gives every place an `any`.
  expect(countSchemas(result, 100_000)).toBeLessThan(4 * bounds.schemas)
  expect(result.diagnostics.length).toBeLessThanOrEqual(bounds.diagnostics + 5)
  expect(result.definition === null).toBe(result.diagnostics.some(({ severity }) => severity === 'ERROR'))
}

describe('whatever is in it, a document is read or refused', () => {
  test('any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.jsonValue(), (document, properties) => {
        expectWithinBounds(readBounded(JSON.stringify(document), JSON.stringify(properties)))
      }),
    )
  })

  test('any text', () => {
    const alphabet = fc.constantFrom(
      ...'{}[]:,"\'\\/#*&!|>-?@% \t\r\n\u2003ab01',
      'swagger',
      'paths',
      '$ref',
      '<<',
      'null',
    )
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 200 }), pieces => {
        expectWithinBounds(readBounded(pieces.join(''), `{${pieces.join('')}`))
      }),
      { numRuns: 500 },
    )
  })

  test('a valid document of which anything is something else', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...victims),
        fc.array(mutation, { minLength: 1, maxLength: 6 }),
        (victim, mutations) => {
          const document = structuredClone(victim.document)
          const properties = structuredClone(victim.properties)
          for (const { where, what, target } of mutations)
            mutate(target === 0 ? properties : document, where, what)
          expectWithinBounds(readBounded(JSON.stringify(document), JSON.stringify(properties)))
        },
      ),
      { numRuns: 1_500 },
    )
  })

  test('a valid text of which a piece is missing or double', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...victims),
        fc.nat(),
        fc.nat(12),
        fc.boolean(),
        (victim, at, length, twice) => {
          const text = JSON.stringify(victim.document, null, 1)
          const start = at % text.length
          const piece = text.slice(start, start + length)
          expectWithinBounds(
            readBounded(text.slice(0, start) + (twice ? piece + piece : '') + text.slice(start + length)),
          )
        },
      ),
      { numRuns: 500 },
    )
  })
})

const names = fc.constantFrom(
  'type',
  '$ref',
  'allOf',
  'oneOf',
  'properties',
  '__proto__',
  'constructor',
  'default',
  'enum',
  'required',
  'security',
)
const values = fc.oneof(
  fc.constantFrom<unknown>(
    '#/definitions/Note',
    '#/definitions',
    '#',
    '#/',
    '#/paths/~1notes',
    null,
    '',
    [],
    {},
    [null],
    -1,
    1e308,
    'object',
    'array',
    true,
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.dictionary(names, fc.constantFrom<unknown>('#/definitions/Note', 'array', [], {}, null, true)),
)
const mutation = fc.record({
  where: fc.array(fc.nat(40), { maxLength: 10 }),
  what: values,
  target: fc.nat(3),
})

/** Walks down by index and replaces what it ends at; a member is added where the walk ends early. */
function mutate(value: unknown, where: readonly number[], what: unknown) {
  let current = value
  for (const [depth, index] of where.entries()) {
    if (typeof current !== 'object' || current === null) return
    const keys = Object.keys(current)
    const key = keys[index % Math.max(keys.length, 1)] ?? 'type'
    const next: unknown = Reflect.get(current, key)
    if (depth === where.length - 1 || typeof next !== 'object' || next === null) {
      Object.defineProperty(current, key, {
        value: structuredClone(what),
        enumerable: true,
        configurable: true,
        writable: true,
      })
      return
    }
    current = next
  }
}

const note = {
  type: 'object',
  required: ['text'],
  properties: {
    text: {
      type: 'string',
      default: 'hi',
      'x-ms-dynamic-values': {
        operationId: 'ListNotes',
        'value-path': 'id',
        parameters: { a: { parameter: 'b' } },
      },
    },
    url: { type: 'string', 'x-ms-notification-url': true },
    parent: { $ref: '#/definitions/Note' },
    size: { type: 'integer', format: 'int64', enum: [1, 2] },
    more: {
      allOf: [
        { $ref: '#/definitions/Note' },
        { type: 'object', additionalProperties: { type: 'array', items: {} } },
      ],
    },
  },
}
const paths = {
  '/notes/{id}': {
    parameters: [{ name: 'id', in: 'path', type: 'string', required: true }],
    'x-ms-notification-content': { schema: { $ref: '#/definitions/Note' } },
    post: {
      operationId: 'OnNote',
      'x-ms-trigger': 'single',
      parameters: [{ name: 'body', in: 'body', schema: { $ref: '#/definitions/Note' } }],
      responses: { 201: { description: '', schema: { $ref: '#/definitions/Note' } } },
    },
  },
  '/notes': {
    get: {
      operationId: 'ListNotes',
      'x-ms-trigger': 'batch',
      'x-ms-pageable': { nextLinkName: 'next' },
      parameters: [
        { name: 'q', in: 'query', type: 'array', items: { type: 'string' }, collectionFormat: 'multi' },
      ],
      responses: {
        200: {
          description: '',
          schema: {
            type: 'object',
            properties: { value: { type: 'array', items: { $ref: '#/definitions/Note' } } },
          },
        },
      },
    },
  },
}
const properties = {
  properties: {
    iconBrandColor: '#123456',
    connectionParameters: {
      api_key: {
        type: 'securestring',
        uiDefinition: { displayName: 'Key', constraints: { required: 'true' } },
      },
    },
    connectionParameterSets: {
      values: [
        {
          name: 'set',
          parameters: {
            token: {
              type: 'oauthSetting',
              oAuthSettings: {
                identityProvider: 'oauth2',
                scopes: ['a'],
                customParameters: { tokenUrl: { value: 'https://x' } },
              },
            },
          },
        },
      ],
    },
    policyTemplateInstances: [
      {
        templateId: 'pollingtrigger',
        title: '',
        parameters: {
          'x-ms-apimTemplateParameter.triggerDataPath': '@triggerBody().value',
          'x-ms-apimTemplate-operationName': ['ListNotes'],
        },
      },
    ],
    scriptOperations: ['OnNote'],
  },
}
const victims = [
  {
    document: swagger({
      paths,
      definitions: { Note: note },
      securityDefinitions: { k: { type: 'apiKey', in: 'header', name: 'X' } },
    }),
    properties,
  },
  {
    document: openapi({
      paths: {
        '/notes': {
          post: {
            parameters: [{ name: 'f', in: 'query', style: 'deepObject', schema: note }],
            requestBody: { content: { 'multipart/form-data': { schema: note } } },
            responses: {
              200: {
                description: '',
                content: {
                  'application/json': { schema: { oneOf: [note, { $ref: '#/components/schemas/Note' }] } },
                },
              },
            },
          },
        },
      },
      components: {
        schemas: { Note: note },
        securitySchemes: { o: { type: 'oauth2', flows: { authorizationCode: { scopes: {} } } } },
      },
      security: [{ o: [] }],
    }),
    properties: { properties: {} },
  },
]

describe('documents that grow', () => {
  const start = (definitions: object, schema: object = { $ref: '#/definitions/L20' }) =>
    swagger({
      definitions,
      paths: { '/a': { get: { operationId: 'Get', responses: { 200: { description: '', schema } } } } },
    })

  test('references that are written out double at every step', () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 20 }, (_, level) => [
        `L${level + 1}`,
        {
          type: 'object',
          properties: {
            a: { $ref: `#/definitions/L${level}/properties/a` },
            b: { $ref: `#/definitions/L${level}/properties/a` },
          },
        },
      ]),
    )
    const nested = (level: number): object =>
      level === 0
        ? { type: 'string' }
        : { type: 'object', properties: { a: { $ref: `#/x/${level - 1}` }, b: { $ref: `#/x/${level - 1}` } } }
    const x = Object.fromEntries(Array.from({ length: 25 }, (_, level) => [level, nested(level)]))
    const result = readBounded(JSON.stringify({ ...start(definitions, { $ref: '#/x/24' }), x }))
    expectWithinBounds(result)
    expect(codes(result)).toContain('WARNING SCHEMA_SIMPLIFIED')
  })

  test('allOf that doubles at every step', () => {
    const definitions = Object.fromEntries([
      ['L0', { type: 'object', properties: { z: { type: 'string' } } }],
      ...Array.from({ length: 20 }, (_, level) => {
        const below = { allOf: [{ $ref: `#/definitions/L${level}` }, { properties: {} }] }
        return [`L${level + 1}`, { ...below, properties: { [`p${level}`]: below, [`q${level}`]: below } }]
      }),
    ])
    expectWithinBounds(readBounded(JSON.stringify(start(definitions))))
  })

  test('a chain of a hundred thousand references', () => {
    const length = 100_000
    const definitions = Object.fromEntries(
      Array.from({ length }, (_, level) => [
        `L${level}`,
        { allOf: [{ $ref: `#/definitions/L${level + 1}` }, {}] },
      ]),
    )
    const result = read(start(definitions, { $ref: '#/definitions/L0' }))
    expect(result.definition).not.toBeNull()
  })

  test.each([
    ['JSON', '['.repeat(1_000_000)],
    ['an object', '{"a":'.repeat(500_000)],
    ['YAML', '- '.repeat(20_000)],
    ['YAML in flow style', `a: ${'['.repeat(20_000)}`],
  ])('%s that nests without end', (_name, text) => {
    const result = read(text)
    expect(result.definition).toBeNull()
    expect(codes(result).some(code => code.startsWith('ERROR'))).toBe(true)
  })

  test('YAML aliases that multiply', () => {
    const lines = Array.from(
      { length: 12 },
      (_, level) => `a${level + 1}: &a${level + 1} [${Array(9).fill(`*a${level}`).join(', ')}]`,
    )
    const result = read(`swagger: '2.0'\na0: &a0 [x]\n${lines.join('\n')}\npaths: {}\n`)
    expect(result.definition).toBeNull()
  })

  test('YAML merges that multiply', () => {
    const doubling = Array.from(
      { length: 40 },
      (_, level) => `a${level + 1}: &a${level + 1} { <<: [*a${level}, *a${level}] }`,
    )
    const wide = `a0: &a0 { ${Array.from({ length: 10_000 }, (_, index) => `k${index}: 1`).join(', ')} }`
    const many = Array.from({ length: 900 }, (_, index) => `b${index}: { <<: *a0 }`)
    for (const lines of [
      ['a0: &a0 { x: 1 }', ...doubling],
      [wide, ...many],
      ['a: &a { <<: *a }'],
      ['a: &a { b: { <<: [{ <<: *a }] } }'],
    ]) {
      const result = read(`swagger: '2.0'\npaths: {}\n${lines.join('\n')}\n`)
      expect(codes(result)).toEqual(['ERROR SYNTAX_INVALID'])
    }
  })

  test('more repeated keys than anybody wants to hear of', () => {
    const { diagnostics } = read(`swagger: '2.0'\n${'paths: {}\n'.repeat(5_000)}`)
    expect(diagnostics.length).toBeLessThan(110)
  })

  test.each([
    ['brackets that close nothing', `{"a": [${'}'.repeat(500_000)}`],
    ['brackets that close the wrong thing', `${'{"a":['.repeat(100_000)}${'}'.repeat(100_000)}`],
    ['lines that leave everything behind', `{"a":\n${'  {"b":\n [\n'.repeat(50_000)}\n"c": 1`],
    ['quotes that are never closed', `{"a": ${'"\\"\n'.repeat(200_000)}`],
    ['small lists below many objects', `${'{"a":'.repeat(100_000)}[${'[],'.repeat(100_000)}`],
    ['flow style without end', "{'a': [".repeat(20_000)],
    ['comments without end', `{${'/*\n'.repeat(200_000)}`],
    ['lines of comments', `${'# a\n'.repeat(200_000)}{`],
  ])('%s', (_name, text) => {
    const result = read(text)
    expect(result.definition).toBeNull()
    expect(codes(result).some(code => code.startsWith('ERROR'))).toBe(true)
  })

  test('a text that is too long', () => {
    const result = readDocument(
      { name: 'notes', document: `{"swagger":"2.0","x":"${'é'.repeat(600)}"}`, properties: null },
      { bytes: 1_000 },
    )
    expect(codes(result)).toEqual(['ERROR FILE_TOO_LARGE'])
  })

  test('more operations than anybody can want', () => {
    const paths = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`/${index}`, { get: { responses: {} } }]),
    )
    expect(codes(readBounded(JSON.stringify(swagger({ paths }))))).toContain('ERROR DOCUMENT_INVALID')
  })

  test('findings are counted, not kept, past their bound', () => {
    const parameters = Array.from({ length: 300 }, (_, index) => ({ name: `p${index}`, in: 'cookie' }))
    const { diagnostics } = readBounded(
      JSON.stringify(swagger({ paths: { '/a': { get: { operationId: 'A', parameters, responses: {} } } } })),
    )
    expect(diagnostics).toHaveLength(bounds.diagnostics + 1)
    expect(diagnostics.at(-1)?.message).toContain('250 more findings')
  })

  test.each([
    ['a base path of slashes', swagger({ basePath: `${'/'.repeat(200_000)}x` })],
    [
      'a media type of slashes',
      swagger({
        consumes: ['/+'.repeat(100_000)],
        paths: { '/a': { post: { parameters: [{ name: 'b', in: 'body', schema: {} }], responses: {} } } },
      }),
    ],
    ['a path of brackets', swagger({ paths: { [`/${'{'.repeat(200_000)}`]: { get: { responses: {} } } } })],
    [
      'a default of blanks',
      swagger({
        paths: {
          '/a': {
            get: {
              parameters: [{ name: 'n', in: 'query', type: 'integer', default: ' '.repeat(200_000) }],
              responses: {},
            },
          },
        },
      }),
    ],
  ])('%s costs what its length costs', (_name, document) => {
    expect(read(document).definition).not.toBeNull()
  })
})
