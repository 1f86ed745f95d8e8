// What schemas become: recursion, emptiness, maps, aliases, dynamic parts, and circles nobody could satisfy.
import { getIntrospectionQuery, graphql } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { Schema } from '../../src/definition/index.ts'
import type { Json } from '../../src/json.ts'
import { compiled } from './answer.ts'
import {
  anything,
  body,
  connector,
  flag,
  int,
  list,
  long,
  object,
  operation,
  parameter,
  ref,
  text,
} from './definitions/build.ts'

const answering = (schema: Parameters<typeof list>[0], schemas = {}) =>
  compiled(connector([operation('Get', { response: schema })], schemas))

const dynamic = { operation: 'Schema', arguments: {}, itemsPath: '', valuePath: '', titlePath: '' }

describe('answers', () => {
  test.each([
    ['text', text, 'String'],
    ['a date and time', { type: 'string', format: 'date-time' } as const, 'DateTime'],
    ['a date', { type: 'string', format: 'date' } as const, 'String'],
    ['a small integer', int, 'Int'],
    ['a large integer', long, 'BigInt'],
    ['a number', { type: 'number' } as const, 'Float'],
    ['anything', anything, 'JSON'],
    ['an enumeration', { type: 'string', enum: [{ value: 'a' }] } as const, 'String'],
    ['an empty object', object({}), 'JSON'],
    ['a map', object({}, [], text), 'JSON'],
    ['an object whose schema is asked for', { ...object({ a: text }), dynamicSchema: dynamic }, 'JSON'],
    ['lists of lists', list(list(int)), '[[Int]]'],
    ['a list of anything', list(anything), '[JSON]'],
    ['a missing schema', ref('gone'), 'JSON'],
    ['an object’s name for a language’s own', ref('constructor'), 'JSON'],
  ])('%s', async (_name, schema, type) => {
    const { field } = await answering(schema)
    expect(field('shop_get')).toBe(`Query.shop_get(connection: ID): ${type}`)
  })

  test('an object with further members has its declared ones', async () => {
    const { type } = await answering(object({ a: text }, [], int))
    expect(type('shop_GetResponse')).toBe('type shop_GetResponse { a: String }')
  })

  test('types may contain themselves, directly and through each other', async () => {
    const { type } = await answering(ref('Tree'), {
      Tree: object({ label: text, children: list(ref('Tree')), owner: ref('Owner') }, ['owner']),
      Owner: object({ trees: list(list(ref('Tree'))), boss: ref('Owner') }),
    })
    expect(type('shop_Tree')).toBe('type shop_Tree { label: String children: [shop_Tree] owner: shop_Owner }')
    expect(type('shop_Owner')).toBe('type shop_Owner { trees: [[shop_Tree]] boss: shop_Owner }')
  })

  test('names for lists and scalars are seen through, endless ones are JSON', async () => {
    const { field, type } = await compiled(
      connector(
        [
          operation('A', { response: ref('Things') }),
          operation('B', { response: ref('Alias') }),
          operation('C', { response: ref('Endless') }),
          operation('D', { response: ref('Loop') }),
          operation('E', { response: ref('Bytes') }),
        ],
        {
          Things: list(object({ a: text })),
          Alias: ref('Things'),
          Endless: list(ref('Endless')),
          Loop: ref('Pool'),
          Pool: ref('Loop'),
          Bytes: { type: 'string', format: 'binary' },
        },
      ),
    )
    expect(['a', 'b', 'c', 'd', 'e'].map(name => field(`shop_${name}`).split('): ')[1])).toEqual([
      '[shop_ThingsItem]',
      '[shop_ThingsItem]',
      '[JSON]',
      'JSON',
      'File',
    ])
    expect(type('shop_ThingsItem')).toBe('type shop_ThingsItem { a: String }')
  })

  test('schemas that no operation reaches are left out', async () => {
    const { artifact } = await answering(ref('Used'), {
      Used: object({ a: text }),
      Unused: object({ b: text }),
    })
    expect(artifact.sdl).not.toContain('Unused')
  })
})

describe('inputs', () => {
  test('a circle of required members is opened where it closes', async () => {
    const { type, diagnostics } = await compiled(
      connector([operation('Put', { method: 'PUT', body: body(ref('A')) })], {
        A: object({ b: ref('B'), as: list(ref('A')), name: text }, ['b', 'as', 'name']),
        B: object({ a: ref('A') }, ['a']),
      }),
    )
    expect(type('shop_AInput')).toBe('input shop_AInput { b: shop_BInput! as: [shop_AInput]! name: String! }')
    expect(type('shop_BInput')).toBe('input shop_BInput { a: shop_AInput }')
    expect(diagnostics).toMatchObject([{ code: 'SCHEMA_SIMPLIFIED', pointer: '/definitions/B' }])
  })

  test('what may be null is not required', async () => {
    const { type } = await compiled(
      connector([
        operation('Put', { method: 'PUT', body: body(object({ a: { ...text, nullable: true } }, ['a'])) }),
      ]),
    )
    expect(type('shop_PutInput')).toBe('input shop_PutInput { a: String }')
  })

  test('defaults of objects and lists are literals of their types', async () => {
    const schemas = { Sort: object({ 'by-field': text, rest: anything, up: flag }, ['by-field', 'up']) }
    const sort = (fallback: Json) => ({ ...ref('Sort'), default: fallback })
    const required = (name: string, schema: Schema) => parameter(name, { required: true, schema })
    const { artifact, diagnostics } = await compiled(
      connector(
        [
          operation('Find', {
            parameters: [
              required('sort', sort({ 'by-field': 'a"b\nc', rest: 1, up: true })),
              required('tags', { ...list(text), default: ['a', 'b'] }),
              required('long', { ...long, default: 9007199254740991 }),
              required('free', { ...anything, default: 'x' }),
              required('short', sort({ up: true })),
              required('more', sort({ 'by-field': 'a', up: true, what: 1 })),
              required('none', { ...text, default: null }),
            ],
          }),
        ],
        schemas,
      ),
    )
    expect(artifact.sdl).toContain(
      String.raw`sort: shop_SortInput! = {by_field: "a\"b\nc", rest: 1, up: true}`,
    )
    expect(artifact.sdl).toContain('tags: [String]! = ["a", "b"]')
    expect(artifact.sdl).toContain('long: BigInt! = 9007199254740991')
    expect(artifact.sdl).toContain('free: JSON! = "x"')
    expect(artifact.sdl).toMatch(/short: shop_SortInput$/m)
    expect(artifact.sdl).toMatch(/more: shop_SortInput$/m)
    expect(artifact.sdl).toMatch(/none: String!$/m)
    expect(diagnostics.filter(({ code }) => code === 'DEFAULT_DROPPED')).toHaveLength(2)
  })

  test('a default that introspection could not print is told, and the value may be left out', async () => {
    const odd = {
      object: { ...anything, default: { a: 1 } },
      list: { ...anything, default: [1] },
      huge: { ...long, default: 9007199254740993n },
    } as const
    const { type, schema, artifact } = await compiled(
      connector([
        operation('Put', {
          method: 'PUT',
          body: body(object({ ...odd, name: text }, [...Object.keys(odd), 'name'])),
        }),
      ]),
    )
    expect(type('shop_PutInput')).toBe(
      'input shop_PutInput { object: JSON list: JSON huge: BigInt name: String! }',
    )
    expect(artifact.sdl).toContain('"Default: `9007199254740993`"')
    expect((await graphql({ schema, source: getIntrospectionQuery() })).errors).toBeUndefined()
  })
})

describe('descriptions', () => {
  test('carry whatever an API writes', async () => {
    const hostile = 'quotes """ and \\ and \u0000 control \u0007 and \ud800 halves\r\nand lines #{x}'
    const { artifact, schema } = await compiled(
      connector([
        operation('Get', {
          summary: hostile,
          description: '   \u0000  ',
          parameters: [parameter('a', { schema: { ...text, title: hostile, default: hostile } })],
          response: { ...object({ a: { ...text, description: '"' } }), description: hostile },
        }),
      ]),
    )
    expect(schema.getQueryType()!.getFields().shop_get!.description).toContain('quotes """ and \\ and')
    expect(artifact.sdl).not.toContain('\u0000')
  })

  test('tell allowed values behind references and in lists', async () => {
    const state: Schema = { type: 'string', enum: [{ value: 'on' }, { value: 'off' }], default: 'on' }
    const { artifact } = await compiled(
      connector(
        [
          operation('Get', {
            parameters: [parameter('states', { schema: list(ref('State')) })],
            response: object({ state: { ...ref('State'), description: 'Now.' } }),
          }),
          operation('Put', { method: 'PUT', body: body(object({ state: ref('State') }, ['state'])) }),
        ],
        { State: state },
      ),
    )
    expect(artifact.sdl).toContain('"Allowed: `on`, `off`"\n    states: [String]')
    expect(artifact.sdl).toContain('Now.\n\n  Allowed: `on`, `off`\n  """\n  state: String')
    expect(artifact.sdl).toContain('state: String! = "on"')
  })

  test('long lists of allowed values are cut', async () => {
    const values = Array.from({ length: 80 }, (_, i) => ({ value: `v${i}` }))
    const { artifact } = await answering(object({ a: { type: 'string', enum: values } }))
    expect(artifact.sdl).toContain('`v49` and 30 more')
  })
})
