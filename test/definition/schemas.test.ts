import { describe, expect, test } from 'vitest'
import type { Schema } from '../../src/definition/index.ts'
import { codes, defined, openapi, operationOf, read, schemaOf, swagger } from './small-document.ts'

const schema = (value: unknown, definitions = {}) => schemaOf(value, definitions).schema

describe('types', () => {
  test.each([
    [{}, { type: 'any' }],
    [{ type: 'object' }, { type: 'object', properties: {}, required: [], additional: { type: 'any' } }],
    [{ type: 'null' }, { type: 'any' }],
    [{ type: 'array' }, { type: 'array', items: { type: 'any' } }],
    [{ type: 'file' }, { type: 'string', format: 'binary' }],
    [
      { type: 'string', format: 'GUID' },
      { type: 'string', format: 'uuid' },
    ],
    [{ type: 'string', format: 'a sentence' }, { type: 'string' }],
    [{ type: 'Boolean' }, { type: 'boolean' }],
    [{ type: 'number', format: 'double' }, { type: 'number' }],
    [
      { properties: { a: { type: 'boolean' } } },
      { type: 'object', properties: { a: { type: 'boolean' } }, required: [], additional: null },
    ],
    [{ items: { type: 'boolean' } }, { type: 'array', items: { type: 'boolean' } }],
    [{ format: 'date-time' }, { type: 'string', format: 'date-time' }],
  ])('%j', (document, expected) => expect(schema(document)).toEqual(expected))

  test('an integer is 32 bits wide only where the document says so', () => {
    expect(schema({ type: 'integer' })).toEqual({ type: 'integer', format: 'int64' })
    expect(schema({ type: 'integer', format: 'int32' })).toEqual({ type: 'integer', format: 'int32' })
    expect(schema({ type: 'integer', maximum: 100 })).toEqual({ type: 'integer', format: 'int32' })
    expect(schema({ type: 'integer', maximum: 2 ** 31 })).toEqual({ type: 'integer', format: 'int64' })
    expect(schema({ type: 'integer', enum: [1, 2] })).toMatchObject({ format: 'int32' })
  })

  test('bytes cannot stand inside JSON', () => {
    expect(schema({ type: 'object', properties: { a: { type: 'string', format: 'binary' } } })).toMatchObject(
      {
        properties: { a: { type: 'string' } },
      },
    )
    expect(schema({ $ref: '#/definitions/Bytes' }, { Bytes: { type: 'string', format: 'binary' } })).toEqual({
      type: 'string',
      format: 'binary',
    })
  })

  test('additional members', () => {
    const properties = { a: { type: 'string' } }
    expect(schema({ type: 'object', properties, additionalProperties: { type: 'boolean' } })).toMatchObject({
      additional: { type: 'boolean' },
    })
    expect(schema({ type: 'object', properties, additionalProperties: false })).toMatchObject({
      additional: null,
    })
  })
})

describe('names', () => {
  test('a member may be called like a member of every object', () => {
    const document = JSON.stringify(swagger()).replace(
      '"paths"',
      `"definitions": {"__proto__": {"type": "object", "properties": {
        "__proto__": {"type": "boolean"}, "constructor": {"type": "string"}, "$ref": {"type": "string"}}}},
       "responses": {"R": {"description": "", "schema": {"$ref": "#/definitions/__proto__"}}}, "paths"`,
    )
    const { schemas, operations } = defined(
      document.replace('{"description":"ok"}', '{"$ref": "#/responses/R"}'),
    )
    expect(operations[0]?.response).toEqual({ type: 'ref', ref: '__proto__' })
    const [[name, named]] = Object.entries(schemas) as [[string, Schema]]
    expect(name).toBe('__proto__')
    expect(named.type === 'object' && Object.keys(named.properties)).toEqual([
      '__proto__',
      'constructor',
      '$ref',
    ])
    expect(({} as Record<string, unknown>).type).toBeUndefined()
  })

  test('odd names stay as they are', () => {
    const properties = { '@odata.id': {}, 'Mr/Ms': {}, ' edge ': {}, 'a.b': {}, '😀': {} }
    expect(schema({ type: 'object', properties, required: ['Mr/Ms', 'absent'] })).toMatchObject({
      properties: { '@odata.id': {}, 'Mr/Ms': {}, ' edge ': {}, 'a.b': {}, '😀': {} },
      required: ['Mr/Ms'],
    })
  })
})

describe('references', () => {
  test('named schemas stay references, in the order of the document, as far as they are needed', () => {
    const { schema: body, schemas } = schemaOf(
      { $ref: '#/definitions/B', description: 'the note' },
      {
        Unused: {},
        A: { type: 'string' },
        B: {
          type: 'object',
          properties: { a: { $ref: '#/definitions/A' }, self: { $ref: '#/definitions/B' } },
        },
      },
    )
    expect(body).toEqual({ type: 'ref', ref: 'B', description: 'the note' })
    expect(Object.keys(schemas)).toEqual(['A', 'B'])
    expect(schemas.B).toMatchObject({
      properties: { a: { type: 'ref', ref: 'A' }, self: { type: 'ref', ref: 'B' } },
    })
  })

  test.each([
    '#/definitions/Absent',
    'other.json#/A',
    './definitions/Note',
    '/etc/passwd',
    'http://127.0.0.1:1/a',
    'file:///etc/passwd',
    '#/',
  ])('%s is not followed', reference => {
    const result = read(
      swagger({
        definitions: { Note: { type: 'string' } },
        paths: { '/a': { get: { responses: { 200: { description: '', schema: { $ref: reference } } } } } },
      }),
    )
    expect(result.definition?.operations[0]?.response).toEqual({ type: 'any' })
    expect(codes(result)).toContain('WARNING REFERENCE_UNRESOLVED')
  })

  test('any place in the document can be referred to, once', () => {
    const { schema: body } = schemaOf(
      { type: 'object', properties: { a: { $ref: '#/definitions/Note/properties/text' } } },
      { Note: { type: 'object', properties: { text: { type: 'string', format: 'uri' } } } },
    )
    expect(body).toMatchObject({ properties: { a: { type: 'string', format: 'uri' } } })
    const loop = schemaOf(
      { type: 'object', properties: { a: { $ref: '#/definitions/L/items' } } },
      {
        L: { type: 'array', items: { type: 'array', items: { $ref: '#/definitions/L/items' } } },
      },
    )
    expect(loop.schema).toMatchObject({ properties: { a: { type: 'array', items: { type: 'any' } } } })
  })

  test.each([
    [{ A: { $ref: '#/definitions/A' } }],
    [{ A: { $ref: '#/definitions/B' }, B: { $ref: '#/definitions/A' } }],
    [{ A: { type: 'array', items: { $ref: '#/definitions/A' } } }],
  ])('a name that is nothing but itself means anything: %j', definitions => {
    expect(schemaOf({ $ref: '#/definitions/A' }, definitions).schemas.A).toEqual({ type: 'any' })
  })
})

describe('combinations', () => {
  const Base = {
    type: 'object',
    properties: { id: { type: 'string' }, kind: { type: 'string' } },
    required: ['id'],
  }

  test('allOf unites members and what they demand', () => {
    const merged = schema(
      {
        allOf: [
          { $ref: '#/definitions/Base' },
          { properties: { kind: { type: 'boolean' } } },
          { required: ['kind'] },
        ],
      },
      { Base },
    )
    expect(merged).toEqual({
      type: 'object',
      properties: { id: { type: 'string' }, kind: { type: 'boolean' } },
      required: ['id', 'kind'],
      additional: null,
    })
  })

  test('allOf unites members of one name, and keeps what the later part says of them', () => {
    const Deep = {
      type: 'object',
      properties: {
        id: { type: 'string', format: 'uuid', description: 'Old', 'x-ms-visibility': 'advanced' },
        size: { type: 'number' },
        state: { $ref: '#/definitions/State' },
        sub: { type: 'object', properties: { x: { type: 'string' } }, required: ['x'] },
        list: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
        kept: { $ref: '#/definitions/Base' },
      },
    }
    const overlay = {
      properties: {
        id: { description: 'The id' },
        size: { type: 'integer' },
        state: { type: 'string', description: 'Now' },
        sub: { properties: { y: { type: 'boolean' } } },
        list: { type: 'array', items: { properties: { b: { type: 'string' } } } },
        kept: { type: 'object', title: 'Kept' },
        more: { type: 'string' },
      },
    }
    const merged = schema(
      { allOf: [{ $ref: '#/definitions/Deep' }, overlay] },
      { Base, Deep, State: { type: 'string', enum: ['on'] } },
    )
    expect(merged).toMatchObject({
      properties: {
        id: { type: 'string', format: 'uuid', description: 'The id', visibility: 'advanced' },
        size: { type: 'integer' },
        state: { type: 'ref', ref: 'State', description: 'Now' },
        sub: { properties: { x: { type: 'string' }, y: { type: 'boolean' } }, required: ['x'] },
        list: { items: { properties: { a: {}, b: {} } } },
        kept: { type: 'ref', ref: 'Base', title: 'Kept' },
        more: { type: 'string' },
      },
    })
  })

  test('a default that the other part forbids goes', () => {
    const parts = [
      { type: 'object', properties: { a: { type: 'string', default: 'x' }, b: { default: 'y' } } },
      { properties: { a: { type: 'string', enum: ['y'] }, b: { type: 'string' } } },
    ]
    expect(schema({ allOf: parts })).toMatchObject({
      properties: {
        a: { type: 'string', enum: [{ value: 'y' }] },
        b: { type: 'string', default: 'y' },
      },
    })
    expect(schema({ allOf: parts })).not.toHaveProperty('properties.a.default')
  })

  test('members that cannot be of both types are told, and the last one counts', () => {
    const allOf = [
      { type: 'object', properties: { a: { type: 'string' } } },
      { type: 'object', properties: { a: { type: 'boolean' } } },
    ]
    const { definition, diagnostics } = read(
      swagger({ paths: { '/a': { get: { responses: { 200: { description: '', schema: { allOf } } } } } } }),
    )
    expect(definition?.operations[0]?.response).toMatchObject({ properties: { a: { type: 'boolean' } } })
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ code: 'SCHEMA_SIMPLIFIED', message: expect.stringContaining('"a"') }),
    )
  })

  test('schemas that hold at once and recurse in step end', () => {
    const recursive = (own: string) => ({
      type: 'object',
      properties: { next: { $ref: `#/definitions/${own}` }, [own]: { type: 'string' } },
    })
    const merged = schema(
      { allOf: [{ $ref: '#/definitions/A' }, { $ref: '#/definitions/B' }] },
      { A: recursive('A'), B: recursive('B') },
    )
    expect(merged).toMatchObject({ properties: { next: { properties: { A: {}, B: {}, next: {} } } } })
  })

  test('allOf of one reference is that reference with labels', () => {
    expect(schema({ allOf: [{ $ref: '#/definitions/Base' }], description: 'x' }, { Base })).toEqual({
      type: 'ref',
      ref: 'Base',
      description: 'x',
    })
  })

  test('allOf that contains itself ends', () => {
    const { schemas } = schemaOf(
      { $ref: '#/definitions/A' },
      {
        A: { allOf: [{ $ref: '#/definitions/B' }, { properties: { a: { type: 'string' } } }] },
        B: { allOf: [{ $ref: '#/definitions/A' }, { properties: { b: { type: 'string' } } }] },
      },
    )
    expect(schemas.A).toMatchObject({ properties: { a: {}, b: {} } })
  })

  test('a real choice is any JSON', () => {
    expect(schema({ oneOf: [{ type: 'string' }, { type: 'object' }] })).toEqual({ type: 'any' })
    expect(schema({ anyOf: [{ $ref: '#/definitions/Base' }, { type: 'null' }] }, { Base })).toEqual({
      type: 'ref',
      ref: 'Base',
      nullable: true,
    })
    expect(
      schema({
        oneOf: [
          { type: 'string', enum: ['a'] },
          { type: 'string', enum: ['b'] },
        ],
      }),
    ).toEqual({
      type: 'string',
      enum: [{ value: 'a' }, { value: 'b' }],
    })
    expect(schema({ ...Base, anyOf: [{ required: ['id'] }, { required: ['kind'] }] })).toMatchObject({
      type: 'object',
    })
  })
})

describe('a choice of objects', () => {
  const Cat = {
    type: 'object',
    required: ['name', 'kind'],
    properties: {
      name: { type: 'string' },
      kind: { type: 'string', enum: ['cat'] },
      lives: { type: 'integer' },
    },
  }
  const Dog = {
    type: 'object',
    required: ['kind'],
    properties: {
      name: { type: 'string' },
      kind: { type: 'string', enum: ['dog'] },
      owner: { type: 'string' },
    },
  }
  const either = { oneOf: [{ $ref: '#/definitions/Cat' }, { $ref: '#/definitions/Dog' }] }

  test('has the members of all, and requires what all require', () => {
    expect(schema(either, { Cat, Dog })).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string' },
        kind: { type: 'string', enum: [{ value: 'cat' }, { value: 'dog' }] },
        lives: { type: 'integer', format: 'int64' },
        owner: { type: 'string' },
      },
      required: ['kind'],
      additional: null,
    })
  })

  test('keeps the members beside it', () => {
    const beside = { type: 'object', required: ['id'], properties: { id: { type: 'string' } }, ...either }
    expect(schema(beside, { Cat, Dog })).toMatchObject({
      properties: { id: { type: 'string' }, lives: { type: 'integer' }, owner: { type: 'string' } },
      required: ['id', 'kind'],
    })
  })

  test('joins lists of them', () => {
    const lists = {
      anyOf: [
        { type: 'array', items: Cat },
        { type: 'array', items: Dog },
      ],
    }
    expect(schema(lists)).toMatchObject({
      type: 'array',
      items: { type: 'object', properties: { lives: { type: 'integer' }, owner: { type: 'string' } } },
    })
  })

  test('is any JSON for a member that is of different types in them', () => {
    const of = (type: string) => ({ type: 'object', properties: { size: { type } } })
    expect(schema({ oneOf: [of('string'), of('boolean')] })).toMatchObject({
      properties: { size: { type: 'any' } },
    })
  })

  test('is any JSON where one of them may have any members', () => {
    expect(schema({ oneOf: [Cat, { type: 'object' }] })).toEqual({ type: 'any' })
  })

  test('a base that is a choice of its extensions is the same, whichever is read first', () => {
    const Pet = {
      type: 'object',
      discriminator: { propertyName: 'kind' },
      properties: { kind: { type: 'string' } },
      oneOf: [{ $ref: '#/definitions/Fish' }, { $ref: '#/definitions/Bird' }],
    }
    const extension = (name: string) => ({
      allOf: [{ $ref: '#/definitions/Pet' }, { type: 'object', properties: { [name]: { type: 'boolean' } } }],
    })
    const definitions = { Pet, Fish: extension('swims'), Bird: extension('flies') }
    const membersOf = (first: string, second: string) => {
      const { schemas } = schemaOf(
        {
          type: 'object',
          properties: {
            a: { $ref: `#/definitions/${first}` },
            b: { $ref: `#/definitions/${second}` },
          },
        },
        definitions,
      )
      return Object.fromEntries(
        Object.entries(schemas).map(([name, each]) => [
          name,
          each.type === 'object' ? Object.keys(each.properties).sort() : each.type,
        ]),
      )
    }
    expect(membersOf('Pet', 'Fish')).toEqual({
      Pet: ['flies', 'kind', 'swims'],
      Fish: ['kind', 'swims'],
      Bird: ['flies', 'kind'],
    })
    expect(membersOf('Fish', 'Pet')).toEqual(membersOf('Pet', 'Fish'))
  })
})

describe('a base with a discriminator', () => {
  const named = (name: string) => ({ $ref: `#/definitions/${name}` })
  const kind = { kind: { type: 'string' } }
  const extension = (base: string, name: string, parts: object = {}) => ({
    ...parts,
    allOf: [named(base), { type: 'object', properties: { [name]: { type: 'boolean' } }, required: [name] }],
  })
  const Pet = { type: 'object', discriminator: 'kind', properties: kind, required: ['kind'] }
  const definitions = {
    Pet,
    Cat: extension('Pet', 'claws'),
    Tom: extension('Cat', 'fights'),
    Called: { allOf: [named('Pet')] },
    Dog: extension('Called', 'barks'),
  }
  /** What each name is made of when the first ones are read in this order. */
  const membersOf = (names: readonly string[], given: Record<string, unknown> = definitions) => {
    const properties = Object.fromEntries(names.map(name => [name, named(name)]))
    const { schemas } = schemaOf({ type: 'object', properties }, given)
    return Object.fromEntries(
      Object.entries(schemas).map(([name, each]) => [
        name,
        each.type === 'object' ? Object.keys(each.properties).sort().join(' ') : each.type,
      ]),
    )
  }

  test('stands for whatever extends it, which does not have its siblings’ members', () => {
    const expected = {
      Pet: 'barks claws fights kind',
      Cat: 'claws kind',
      Tom: 'claws fights kind',
      Dog: 'barks kind',
    }
    expect(membersOf(['Pet', 'Cat', 'Tom', 'Dog'])).toMatchObject(expected)
    expect(membersOf(['Dog', 'Tom', 'Cat', 'Pet'])).toMatchObject(expected)
    expect(schemaOf(named('Pet'), definitions).schemas.Pet).toMatchObject({ required: ['kind'] })
  })

  test('of OpenAPI 3, by allOf or by its mapping', () => {
    const discriminator = { propertyName: 'kind', mapping: { b: '#/definitions/Bird', f: 'Fish' } }
    const given = {
      Pet: { ...Pet, discriminator },
      Cat: extension('Pet', 'claws'),
      Bird: { type: 'object', properties: { wings: { type: 'integer' } } },
      Fish: { type: 'object', properties: { fins: { type: 'integer' } } },
    }
    expect(membersOf(['Pet'], given).Pet).toBe('claws fins kind wings')
  })

  test('that extends another, or itself', () => {
    const given = {
      ...definitions,
      Animal: { type: 'object', properties: { name: { type: 'string' } } },
      Pet: { discriminator: 'kind', allOf: [named('Animal'), named('Pet'), { properties: kind }] },
    }
    expect(membersOf(['Cat', 'Pet'], given)).toMatchObject({
      Pet: 'barks claws fights kind name',
      Cat: 'claws kind name',
    })
  })

  test('is told', () => {
    const { diagnostics } = read(
      swagger({
        definitions,
        paths: { '/a': { get: { responses: { 200: { description: '', schema: named('Pet') } } } } },
      }),
    )
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        severity: 'INFO',
        code: 'SCHEMA_SIMPLIFIED',
        pointer: '/definitions/Pet',
        message: expect.stringContaining('members of all'),
      }),
    )
  })
})

test.each([
  [{ type: 'array', items: [{ type: 'string' }, { type: 'integer' }] }, /list/],
  [{ type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'integer' } }, /list/],
  [{ properties: { a: {} }, additionalProperties: true }, /beside the declared/],
  [{ properties: { a: {} }, additionalProperties: { type: 'string' } }, /beside the declared/],
])('what GraphQL cannot say is told: %j', (value, message) => {
  const { diagnostics } = read(
    openapi(
      {
        paths: {
          '/a': {
            get: {
              operationId: 'Get',
              responses: { 200: { description: '', content: { 'application/json': { schema: value } } } },
            },
          },
        },
      },
      '3.1.0',
    ),
  )
  expect(diagnostics).toMatchObject([
    { severity: 'INFO', code: 'SCHEMA_SIMPLIFIED', message: expect.stringMatching(message) },
  ])
})

describe('values', () => {
  test('enums are coerced, told apart and labelled', () => {
    expect(schema({ type: 'integer', enum: ['1', 2, 2, 'x', null] })).toEqual({
      type: 'integer',
      format: 'int64',
      enum: [{ value: 1 }, { value: 2 }],
      nullable: true,
    })
    expect(
      schema({
        type: 'string',
        enum: ['a', 'b'],
        'x-ms-enum-values': [{ value: 'b', displayName: 'Bee' }, { value: 'c' }],
      }),
    ).toEqual({ type: 'string', enum: [{ value: 'a' }, { value: 'b', title: 'Bee' }, { value: 'c' }] })
  })

  test.each([
    [{ type: 'integer', default: '1' }, 1],
    [{ type: 'boolean', default: 'false' }, false],
    [{ type: 'string', default: 5 }, '5'],
    [{ type: 'number', default: '1.5' }, 1.5],
    [{ type: 'integer', default: 'x' }, undefined],
    [{ type: 'integer', format: 'int32', default: 2 ** 40 }, undefined],
    [{ type: 'integer', default: '9007199254740993' }, 9007199254740993n],
    [{ type: 'boolean', default: 'maybe' }, undefined],
    [{ type: 'array', items: { type: 'integer' }, default: ['1', 2] }, [1, 2]],
    [{ type: 'array', items: { type: 'integer' }, default: 'x' }, undefined],
    [{ type: 'string', enum: ['a'], default: 'b' }, undefined],
    [{ type: 'string', default: null }, undefined],
    [{ type: 'string', format: 'date-time', default: '2030-01-31 12:00' }, '2030-01-31 12:00'],
    // A designer would evaluate it; the API could not.
    [{ type: 'string', format: 'date-time', default: '@{addDays(utcNow(),7)}' }, undefined],
  ])('the default of %j', (document, expected) => {
    expect(schema(document).default).toEqual(expected)
  })

  test('a default that does not fit is told', () => {
    const result = read(
      swagger({
        paths: {
          '/a': {
            get: { parameters: [{ name: 'n', in: 'query', type: 'integer', default: 'x' }], responses: {} },
          },
        },
      }),
    )
    expect(codes(result)).toContain('INFO DEFAULT_DROPPED')
  })

  test('integers beyond 2^53 are read exactly', () => {
    const document = JSON.stringify(
      swagger({
        paths: {
          '/a': {
            get: { parameters: [{ name: 'n', in: 'query', type: 'integer', default: 7 }], responses: {} },
          },
        },
      }),
    )
    const exact = defined(document.replace('"default":7', '"default":9007199254740993'))
    expect(exact.operations[0]?.parameters[0]?.schema.default).toBe(9007199254740993n)
  })
})

describe('labels and dynamic parts', () => {
  test('titles, visibility and marks', () => {
    expect(
      schema({
        type: 'string',
        title: 'T',
        'x-ms-summary': 'S',
        'x-ms-visibility': 'Advanced',
        'x-nullable': true,
        'x-ms-notification-url': true,
        readOnly: true,
        deprecated: true,
      }),
    ).toEqual({
      type: 'string',
      title: 'S',
      visibility: 'advanced',
      nullable: true,
      notificationUrl: true,
      readOnly: true,
      deprecated: true,
    })
    expect(schema({ type: 'string', 'x-ms-visibility': '' })).toEqual({ type: 'string' })
  })

  const dynamic = (parts: object) =>
    operationOf({
      get: {
        operationId: 'Get',
        parameters: [{ name: 'q', in: 'query', type: 'string', ...parts }],
        responses: {},
      },
    }).parameters[0]?.schema

  test('the newer form wins, and both have one shape', () => {
    const values = {
      operationId: 'Get',
      parameters: { a: { parameter: 'q' }, b: 7 },
      'value-collection': 'items',
      'value-path': 'id',
      'value-title': 'name',
    }
    const expected = { operation: 'Get', itemsPath: 'items', valuePath: 'id', titlePath: 'name' }
    expect(dynamic({ 'x-ms-dynamic-values': values })?.dynamicValues).toEqual({
      ...expected,
      arguments: { a: { parameter: 'q' }, b: { value: 7 } },
    })
    const list = {
      operationId: 'get',
      parameters: { a: { parameterReference: 'body/q' }, b: { value: null } },
      itemsPath: 'items',
      itemValuePath: 'id',
      itemTitlePath: 'name',
    }
    expect(dynamic({ 'x-ms-dynamic-values': values, 'x-ms-dynamic-list': list })?.dynamicValues).toEqual({
      ...expected,
      arguments: { a: { parameter: 'body/q' }, b: { value: null } },
    })
    expect(
      dynamic({ 'x-ms-dynamic-schema': { operationId: 'Get', 'value-path': 'schema' } })?.dynamicSchema,
    ).toMatchObject({
      operation: 'Get',
      valuePath: 'schema',
    })
    expect(dynamic({ 'x-ms-dynamic-values': { operationId: 'Absent' } })).toEqual({ type: 'string' })
    expect(dynamic({ 'x-ms-dynamic-schema': 'a string' })).toEqual({ type: 'string' })
  })
})
