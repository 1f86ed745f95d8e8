// Arguments find the wire again, through graphql-js itself: what a resolver is given is what is turned around.
import fc from 'fast-check'
import { execute, parse } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Json } from '../../src/json.ts'
import { type WiredArguments, wireArguments } from '../../src/subgraph/index.ts'
import { type Compiled, compiled } from './answer.ts'
import {
  anything,
  body,
  connector,
  int,
  list,
  long,
  object,
  operation,
  parameter,
  polling,
  ref,
  text,
} from './definitions/build.ts'

const definition = connector(
  [
    operation('Act', {
      method: 'POST',
      nextLink: 'nextLink',
      parameters: [
        parameter('$filter'),
        parameter('X-Big', { in: 'header', schema: long }),
        parameter('item id', { in: 'path', required: true }),
        parameter('file', { in: 'form' }),
        parameter('after'),
        parameter('odd.one', { schema: ref('Odd') }),
      ],
      body: body(ref('Odd'), { required: false }),
    }),
    operation('Watch', { role: polling, parameters: [parameter('after', { in: 'header' })] }),
  ],
  {
    Odd: object({
      'a-b': text,
      a_b: text,
      '@c': int,
      __proto__x: long,
      constructor: text,
      'in side': ref('Odd'),
      'free form': object({}),
      plain: ref('Plain'),
      'many-of': list(list(ref('Odd'))),
    } as Record<string, ReturnType<typeof object>>),
    Plain: object({ any: anything, odd: list(ref('Odd')) }),
  },
)

let it: Compiled
beforeAll(async () => {
  it = await compiled(definition)
})

/** Runs `document` and gives what its one root field was called with, on the wire. */
async function called(document: string, variables: Record<string, unknown> = {}): Promise<WiredArguments> {
  let wired: WiredArguments | undefined
  const { errors } = await execute({
    schema: it.schema,
    document: parse(document),
    variableValues: variables,
    fieldResolver: (_source, args, _context, info) => {
      const operation = it.artifact.operations.find(({ field }) => field === info.fieldName)!
      wired = wireArguments(it.artifact, operation, args)
      return true
    },
  })
  expect(errors).toBeUndefined()
  return wired!
}

const nothing = { path: {}, query: {}, header: {}, form: {} }

describe('parameters', () => {
  test('go to their places under their own names', async () => {
    expect(
      await called(
        'mutation { shop_act(item_id: "1", filter: "f", X_Big: 9007199254740993, file: null, after: "x", connection: "main", limit: 7) }',
      ),
    ).toEqual({
      parameters: {
        path: { 'item id': '1' },
        query: { $filter: 'f', after: 'x' },
        header: { 'X-Big': 9007199254740993n },
        form: { file: null },
      },
      connection: 'main',
      limit: 7,
    })
  })

  test('what is left out stays out', async () => {
    expect(await called('mutation { shop_act(item_id: "1", connection: null, limit: null) }')).toEqual({
      parameters: { ...nothing, path: { 'item id': '1' } },
    })
  })

  test('the hub’s own names win, the API’s keep their wire names', () => {
    const watch = it.operation('Watch')
    expect(wireArguments(it.artifact, watch, { after: 'cursor', headerAfter: 'theirs' })).toEqual({
      parameters: { ...nothing, header: { after: 'theirs' } },
      after: 'cursor',
    })
  })
})

describe('bodies', () => {
  test('get their wire names back at every depth; JSON stays as it is', async () => {
    const wired = await called('mutation ($input: shop_OddInput) { shop_act(item_id: "1", input: $input) }', {
      input: {
        a_b: 'exact',
        a_b_2: 'renamed',
        c: 1,
        _proto_x: '9007199254740993',
        constructor_: 'own',
        in_side: { c: 2 },
        free_form: { a_b_2: { c: 3 } },
        plain: { any: { in_side: 1 }, odd: [{ c: 4 }] },
        many_of: [[{ c: 5 }, null], null],
      },
    })
    expect(wired.body).toEqual({
      a_b: 'exact',
      'a-b': 'renamed',
      '@c': 1,
      __proto__x: 9007199254740993n,
      constructor: 'own',
      'in side': { '@c': 2 },
      'free form': { a_b_2: { c: 3 } },
      plain: { any: { in_side: 1 }, odd: [{ '@c': 4 }] },
      'many-of': [[{ '@c': 5 }, null], null],
    })
  })

  test('null is a body', async () => {
    expect(await called('mutation { shop_act(item_id: "1", input: null) }')).toHaveProperty('body', null)
  })

  test('every value of the wire can be said, and comes out as it was', async () => {
    const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>
    const { odd } = fc.letrec<{ odd: Record<string, Json> }>(tie => ({
      odd: fc.record(
        {
          'a-b': fc.string(),
          a_b: fc.string(),
          '@c': fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
          __proto__x: fc.oneof(
            fc.maxSafeInteger(),
            fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n }) as fc.Arbitrary<Json>,
          ),
          constructor: fc.string(),
          'in side': fc.oneof({ maxDepth: 3 }, fc.constant(null), tie('odd')),
          'free form': json,
          plain: fc.record({
            any: json,
            odd: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('odd'), { maxLength: 2 })),
          }),
          'many-of': fc.oneof(
            { maxDepth: 3 },
            fc.constant(null),
            fc.array(fc.array(tie('odd'), { maxLength: 2 }), { maxLength: 2 }),
          ),
        },
        { requiredKeys: [] },
      ) as fc.Arbitrary<Record<string, Json>>,
    }))
    await fc.assert(
      fc.asyncProperty(odd, async value => {
        const input = said(value, 'shop_OddInput')
        const { body: wired } = await called(
          'mutation ($input: shop_OddInput) { shop_act(item_id: "1", input: $input) }',
          { input },
        )
        expect(wired).toEqual(value)
      }),
      { numRuns: 200 },
    )
  })
})

/** The other way round, from what the artifact says: wire names → GraphQL names. */
function said(value: Json, type: string): unknown {
  if (Array.isArray(value)) return value.map(item => said(item as Json, type))
  if (typeof value !== 'object' || value === null) return value
  const names = new Map(Object.entries(it.artifact.wireNames[type] ?? {}).map(([name, wire]) => [wire, name]))
  return Object.fromEntries(
    Object.entries(value).map(([wire, member]) => {
      const name = names.get(wire) ?? wire
      const members = it.artifact.inputMembers[type] ?? {}
      return [name, Object.hasOwn(members, name) ? said(member as Json, members[name]!) : member]
    }),
  )
}
