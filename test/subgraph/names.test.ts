// Names: odd ones, contested ones, and that the order of a document does not matter.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConnectorDefinition, Schema } from '../../src/definition/index.ts'
import { allocateNames } from '../../src/subgraph/plan/names.ts'
import { compiled } from './answer.ts'
import { body, connector, list, object, operation, parameter, ref, text } from './definitions/build.ts'
import { tracker } from './definitions/tracker.ts'

describe('root fields', () => {
  test.each([
    ['ListIssues', 'shop_listIssues'],
    ['list_issues', 'shop_listIssues'],
    ['issues/list-for-repo', 'shop_issuesListForRepo'],
    ['HTTPGet', 'shop_httpGet'],
    ['ID', 'shop_id'],
    ['V4CreateThing', 'shop_v4CreateThing'],
    ['3DModels', 'shop_3DModels'],
    ['Übersicht holen', 'shop_ubersichtHolen'],
    ['取得', 'shop_u53d6u5f97'],
    ['!!!', 'shop_unnamed'],
    ['__proto__', 'shop_proto'],
  ])('%s is %s', async (id, field) => {
    const { artifact } = await compiled(connector([operation(id)]))
    expect(artifact.operations.map(compiledOperation => compiledOperation.field)).toEqual([field])
  })

  test('contested names get a number, whatever the order, and are reported', async () => {
    const operations = ['getItem', 'GetItem', 'get_item', 'get_item_2'].map(id => operation(id))
    const forwards = await compiled(connector(operations))
    const backwards = await compiled(connector([...operations].reverse()))
    const fields = Object.fromEntries(forwards.artifact.operations.map(o => [o.operationId, o.field]))
    expect(fields).toEqual({
      getItem: 'shop_getItem',
      GetItem: 'shop_getItem3',
      get_item: 'shop_getItem4',
      get_item_2: 'shop_getItem2',
    })
    expect(Object.fromEntries(backwards.artifact.operations.map(o => [o.operationId, o.field]))).toEqual(
      fields,
    )
    expect(forwards.diagnostics.filter(({ code }) => code === 'NAME_DUPLICATE').length).toBeGreaterThan(1)
  })
})

describe('arguments', () => {
  test('the hub’s own arguments and the path keep their names', async () => {
    const { field, operation: of } = await compiled(
      connector([
        operation('Act', {
          method: 'POST',
          nextLink: 'nextLink',
          parameters: [
            parameter('connection'),
            parameter('id'),
            parameter('id', { in: 'path', required: true }),
            parameter('limit', { in: 'header' }),
            parameter('input', { in: 'query' }),
            parameter('after'),
            parameter('queryId', { in: 'header' }),
          ],
          body: body(object({ a: text })),
        }),
      ]),
    )
    expect(field('shop_act')).toBe(
      'Mutation.shop_act(connection: ID, queryConnection: String, queryId_2: String, id: String!, headerLimit: String, ' +
        'queryInput: String, after: String, queryId: String, input: shop_ActInput!, limit: Int): Boolean',
    )
    expect(of('Act').arguments.id).toEqual({ to: 'parameter', in: 'path', name: 'id' })
    expect(of('Act').arguments.queryId_2).toEqual({ to: 'parameter', in: 'query', name: 'id' })
  })
})

describe('members', () => {
  const odd = [
    '@odata.context',
    'first-name',
    'first_name',
    '$ref',
    '+1',
    '-1',
    '9lives',
    '__typename',
    '_id',
    'additionalProperties',
    'constructor',
    'toString',
    'File',
    'Query',
    'title',
    'naïve',
    '名',
    '  ',
    '__proto__x',
    '$id',
  ]

  test('are what GraphQL can say, all different, and known by their wire names', async () => {
    const shape = object(Object.fromEntries(odd.map(name => [name, text])))
    const { artifact, schema, diagnostics } = await compiled(
      connector([operation('Put', { method: 'PUT', body: body(shape), response: shape })]),
    )
    for (const name of ['shop_PutResponse', 'shop_PutInput']) {
      const type = schema.getType(name)
      const fields = type && 'getFields' in type ? Object.keys(type.getFields()) : []
      expect(fields).toEqual([
        'odata_context',
        'first_name_2',
        'first_name',
        'ref',
        'plus1',
        'minus1',
        '_9lives',
        '_typename',
        '_id',
        'additionalProperties',
        'constructor_',
        'toString_',
        'File',
        'Query',
        'title',
        'naive',
        'u540d',
        'unnamed',
        '_proto_x',
        'id',
      ])
      expect(fields.map(field => artifact.wireNames[name]?.[field] ?? field).sort()).toEqual([...odd].sort())
    }
    expect(diagnostics.filter(({ code }) => code === 'NAME_DUPLICATE')).toHaveLength(2)
  })
})

describe('types', () => {
  test('contested names get a number', async () => {
    const { schema } = await compiled(
      connector(
        [operation('A', { response: ref('the-item') }), operation('B', { response: ref('TheItem') })],
        {
          'the-item': object({ a: text }),
          TheItem: object({ b: text }),
        },
      ),
    )
    expect(schema.getQueryType()!.getFields().shop_b!.type.toString()).toBe('shop_TheItem')
    expect(schema.getQueryType()!.getFields().shop_a!.type.toString()).toBe('shop_TheItem2')
  })

  test('titles are labels and never names', async () => {
    const titled: Schema = { ...object({ a: { ...text, title: 'Query' } }), title: 'Query' }
    const { type } = await compiled(connector([operation('Get', { response: titled })]))
    expect(type('shop_GetResponse')).toBe('type shop_GetResponse { a: String }')
  })

  test('schemas called like GraphQL’s own types are like all others', async () => {
    const names = [
      'Query',
      'Mutation',
      'Subscription',
      'Any',
      'String',
      'File',
      'Event',
      'JSON',
      '_schema',
      'constructor',
    ]
    const schemas = Object.fromEntries(names.map(name => [name, object({ value: ref('Query') })]))
    const { schema } = await compiled(
      connector(
        names.map(name => operation(`Get${name}`, { response: ref(name) })),
        schemas,
      ),
    )
    for (const field of Object.values(schema.getQueryType()!.getFields()).slice(1))
      expect(field.type.toString()).toMatch(/^shop_/)
  })

  test('a schema called Input is one, as what is given and as what is answered', async () => {
    const { type, field } = await compiled(
      connector([operation('Put', { method: 'PUT', body: body(ref('Input')), response: ref('Input') })], {
        Input: object({ text, inner: ref('Input') }),
      }),
    )
    expect(field('shop_put')).toBe('Mutation.shop_put(connection: ID, input: shop_Input!): shop_Input2')
    expect(type('shop_Input')).toBe('input shop_Input { text: String inner: shop_Input }')
    expect(type('shop_Input2')).toBe('type shop_Input2 { text: String inner: shop_Input2 }')
  })

  test('a schema called Input that is only answered', async () => {
    const { type, field } = await compiled(
      connector([operation('Get', { response: ref('Input') })], { Input: object({ inner: ref('Input') }) }),
    )
    expect(field('shop_get')).toBe('Query.shop_get(connection: ID): shop_Input')
    expect(type('shop_Input')).toBe('type shop_Input { inner: shop_Input }')
  })

  test('the order of a document does not change any name', async () => {
    const reference = namesOf(await compiled(tracker))
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async numbers => {
        expect(namesOf(await compiled(shuffled(tracker, numbers)))).toEqual(reference)
      }),
      { numRuns: 10 },
    )
  })

  test('any names at all make a valid schema in which every operation has its field', async () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        'id',
        'ID',
        'i-d',
        'i_d',
        'Query',
        'Input',
        'Event',
        '__proto__',
        'constructor',
        '',
        '/',
        '~1',
        '{args.x}',
      ),
    )
    const names = fc.uniqueArray(name, { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(names, names, names, async (ids, schemaNames, properties) => {
        const item = object(record(properties.map(property => [property, text])), properties.slice(0, 1))
        const nested = object(
          record(properties.map((property, i) => [property, ref(schemaNames[i % schemaNames.length]!)])),
        )
        const definition = connector(
          ids.map(id =>
            operation(id, {
              method: 'POST',
              parameters: properties.map(property => parameter(property, { required: true })),
              body: body(nested),
              response: list(nested),
            }),
          ),
          record(schemaNames.map((schemaName, i) => [schemaName, i % 2 === 0 ? item : nested])),
        )
        const { artifact } = await compiled(definition)
        expect(new Set(artifact.operations.map(({ field }) => field)).size).toBe(ids.length)
      }),
      { numRuns: 60 },
    )
  })
})

/** Own members whatever their names. */
function record<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries)
}

function namesOf({ artifact }: Awaited<ReturnType<typeof compiled>>): unknown {
  return {
    types: [...artifact.sdl.matchAll(/^(?:type|input) (\w+)/gm)].map(([, name]) => name),
    fields: Object.fromEntries(artifact.operations.map(({ operationId, field }) => [operationId, field])),
    wireNames: artifact.wireNames,
  }
}

function shuffled(definition: ConnectorDefinition, numbers: Iterator<number>): ConnectorDefinition {
  const order = <T>(items: readonly T[]): T[] =>
    items
      .map(item => ({ item, rank: numbers.next().value as number }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item)
  return {
    ...definition,
    operations: order(definition.operations).map(operation => ({
      ...operation,
      parameters: order(operation.parameters),
    })),
    schemas: Object.fromEntries(
      order(Object.entries(definition.schemas)).map(([name, schema]) => [
        name,
        schema.type === 'object'
          ? { ...schema, properties: Object.fromEntries(order(Object.entries(schema.properties))) }
          : schema,
      ]),
    ),
  }
}

test('what is renamed is told with its place in the document', async () => {
  const inline = operation('a-b', { response: object({ 'x y': ref('a/b') }) })
  const { diagnostics } = await compiled(
    connector([inline, operation('a_b', { response: ref('AB') })], {
      'a/b': object({ 'p q': text }),
      AB: object({ text }),
    }),
  )
  const told = diagnostics.map(({ code, pointer, operation }) => [code, pointer, operation])
  expect(told).toContainEqual(['NAME_CHANGED', '/paths/~1a-b/get', 'a-b'])
  expect(told).toContainEqual(['NAME_CHANGED', '/definitions/a~1b', undefined])
  expect(told).toContainEqual(['NAME_DUPLICATE', '/paths/~1a_b/get', 'a_b'])
  expect(told.filter(([code]) => code === 'NAME_DUPLICATE')).toContainEqual([
    'NAME_DUPLICATE',
    '/definitions/a~1b',
    undefined,
  ])
})

test('a hundred thousand equal names are told apart in one go', () => {
  const wanted = Array.from({ length: 100_000 }, (_, index) => ({ key: `k${index}`, name: 'unnamed' }))
  const given = allocateNames([...wanted, { key: 'exact', name: 'unnamed_3', exact: true }], '_')
  expect(new Set(given.values()).size).toBe(100_001)
  expect([given.get('k0'), given.get('k1'), given.get('k10')]).toEqual(['unnamed', 'unnamed_2', 'unnamed_4'])
})
