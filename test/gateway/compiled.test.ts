// A compiled operation gives what graphql-js gives, to the letter: drawn documents with drawn variables, on whatever an
// API may answer, run by both.
import fc from 'fast-check'
import { type ExecutionResult, execute, parse, validate } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { compileOperation } from '../../src/gateway/compiled/compile.ts'
import type { RequestContext } from '../../src/gateway/context.ts'
import type { Resolver } from '../../src/gateway/resolver.ts'
import { printJson } from '../../src/json.ts'
import { createMemberResolver, fitValue, type WireNames, wireNamesOf } from '../../src/subgraph/index.ts'
import { type Compiled, compiled } from '../subgraph/answer.ts'
import { connector, int, list, long, operation, parameter, ref } from '../subgraph/definitions/build.ts'
import { odd, oddLeaves } from '../subgraph/definitions/odd.ts'

const definition = connector(
  [
    operation('Get', {
      response: ref('Thing'),
      parameters: [parameter('count', { schema: int }), parameter('ids', { schema: list(long) })],
    }),
    operation('All', { response: list(ref('Thing')) }),
    operation('Count', { response: int }),
    operation('Put', {
      method: 'PUT',
      response: ref('Thing'),
      parameters: [parameter('count', { schema: int })],
    }),
    operation('Drop', { method: 'DELETE' }),
  ],
  { Thing: odd('Thing') },
)
const leaves = `${oddLeaves} __typename`.split(' ')

let it: Compiled
let wireName: WireNames
beforeAll(async () => {
  it = await compiled(definition)
  wireName = wireNamesOf(new Map([[it.artifact.connector, it.artifact]]))
})

/** What the root fields answer, by the name of the operation's field; a thrown text is an error. */
type Answers = (field: string, args: unknown, key: string) => unknown

const asked = { query: 'query Q', mutation: 'mutation M' }
const declared = '($yes: Boolean!, $no: Boolean = false, $count: Int, $ids: [BigInt])'

interface Run {
  readonly source: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly answers: Answers
}

async function both({
  source,
  variables,
  answers,
}: Run): Promise<readonly [ExecutionResult | null, ExecutionResult]> {
  const document = parse(source)
  expect(validate(it.schema, document)).toEqual([])
  const operations = new Set(it.artifact.operations.map(({ field }) => field))
  const resolve = (field: string): Resolver | null =>
    operations.has(field) ? async (_source, args, _context, key) => answers(field, args, key) : null
  const context = {} as RequestContext
  const fast = compileOperation(document, undefined, { schema: it.schema, wireName, resolve })
  const member = createMemberResolver(wireName)
  const plain = await execute({
    schema: it.schema,
    document,
    variableValues: variables,
    contextValue: context,
    fieldResolver: (parent, args, ctx, info) => {
      if (info.parentType.name !== 'Query' && info.parentType.name !== 'Mutation')
        return member(parent, args, ctx, info)
      const answer = resolve(info.fieldName)?.(parent, args, context, String(info.path.key))
      return Promise.resolve(answer).then(value => fitValue(value, info.returnType))
    },
  })
  return [await (fast?.run(variables, context) ?? null), plain]
}

async function expectSame(run: Run): Promise<void> {
  const [fast, plain] = await both(run)
  expect(fast).not.toBeNull()
  expect(printJson(fast)).toBe(printJson(plain))
}

const directive = fc.constantFrom(
  '',
  '',
  '',
  ' @include(if: $yes)',
  ' @skip(if: $no)',
  ' @include(if: true)',
  ' @skip(if: $yes) @include(if: $no)',
)
const { selection } = fc.letrec<{ selection: string; member: string }>(tie => ({
  selection: fc
    .array(tie('member'), { minLength: 1, maxLength: 5 })
    .map(members => `{ __typename ${members.join(' ')} }`),
  member: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(fc.constantFrom(...leaves), directive).map(([name, when]) => `${name}${when}`),
    fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...leaves))
      .map(([as, name]) => `${as}_${name}: ${name}`),
    fc
      .tuple(fc.constantFrom('self', 'selves', 's1: self', 's2: selves'), directive, tie('selection'))
      .map(([name, when, inner]) => `${name}${when} ${inner}`),
    fc.tuple(directive, tie('selection')).map(([when, inner]) => `...${when} ${inner}`),
    fc.tuple(directive, tie('selection')).map(([when, inner]) => `... on shop_Thing${when} ${inner}`),
    directive.map(when => `...Shared${when}`),
  ),
}))

const root = (fields: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...fields), directive, selection)
    .map(([field, when, inner]) =>
      field.startsWith('shop_count') || field.startsWith('shop_drop')
        ? `${field}${when}`
        : `${field}${when} ${inner}`,
    )
const queries = root([
  'shop_get',
  'g1: shop_get(count: 3, ids: [1, 9007199254740993])',
  'g2: shop_get(count: $count, ids: $ids)',
  'shop_all',
  'a1: shop_all',
  'shop_count',
])
const mutations = root(['shop_put', 'p1: shop_put(count: $count)', 'shop_drop'])

const document = fc
  .record({
    kind: fc.constantFrom('query' as const, 'mutation' as const),
    queries: fc.array(queries, { minLength: 1, maxLength: 4 }),
    mutations: fc.array(mutations, { minLength: 1, maxLength: 4 }),
    shared: fc.constantFrom('{ small }', '{ flag self { large } }', '{ ... { texts } }'),
  })
  .map(({ kind, queries, mutations, shared }) => {
    const fields = (kind === 'query' ? queries : mutations).join(' ')
    // Everything declared is used, which validation asks for.
    const uses = kind === 'query' ? 'u: shop_get(count: $count, ids: $ids)' : 'u: shop_put(count: $count)'
    const variables = kind === 'query' ? declared : declared.replace(', $ids: [BigInt]', '')
    const used = `${uses} { small @include(if: $yes) large @skip(if: $no) ...Shared }`
    return `${asked[kind]} ${variables} { __typename ${fields} ${used} } fragment Shared on shop_Thing ${shared}`
  })

const anyJson = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      null,
      undefined,
      true,
      'false',
      '12',
      '',
      '2030-01-01',
      9007199254740993n,
      2 ** 40,
      1.5,
      -0,
    ),
    fc.integer(),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'a-text',
        'a_text',
        'constructor',
        'toString',
        'small',
        'large',
        'real',
        'flag',
        'when',
        'any',
        'texts',
        'grid',
        'self',
        'selves',
        '__typename',
      ),
      tie('value'),
      { maxKeys: 6, noNullPrototype: true },
    ),
  ),
})).value

const variables = fc.record(
  {
    yes: fc.boolean(),
    no: fc.boolean(),
    count: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(null, 'three', 2 ** 40)),
    ids: fc.constantFrom(null, [1], ['9007199254740993', null], [1.5], 7),
  },
  { requiredKeys: ['yes'] },
)

/** A failing field fails for both, whoever runs it. */
function answersOf(values: readonly unknown[], failing: string): Answers {
  return (field, args, key) => {
    if (key === failing) throw new Error(`${field} fails with ${printJson(args)}`)
    return field === 'shop_drop' ? true : values[key.length % values.length]
  }
}

describe('a compiled operation', () => {
  test('gives what graphql-js gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        document.filter(source => validate(it.schema, parse(source)).length === 0),
        variables,
        fc.array(anyJson, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('u', 'shop_get', 'a1', 'p1', 'none'),
        (source, given, values, failing) =>
          expectSame({ source, variables: given, answers: answersOf(values, failing) }),
      ),
      { numRuns: 400 },
    )
  })

  test('runs a mutation’s fields one after the other, and a query’s at once', async () => {
    const under: string[] = []
    const answers: Answers = async (_field, _args, key) => {
      under.push(`${key} begins`)
      await new Promise(resolve => setTimeout(resolve, 1))
      under.push(`${key} ends`)
      return { small: 1 }
    }
    const fields = (name: string) => `{ a: ${name} { small } b: ${name} { small } }`
    await expectSame({ source: `mutation ${fields('shop_put')}`, variables: {}, answers })
    expect(under.slice(-4)).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
    under.length = 0
    await expectSame({ source: fields('shop_get'), variables: {}, answers })
    expect(under.slice(-4)).toEqual(['a begins', 'b begins', 'a ends', 'b ends'])
  })

  test('names every variable that does not fit, and calls nothing', async () => {
    const [fast, plain] = await both({
      source: 'query ($count: Int!, $ids: [BigInt]) { shop_get(count: $count, ids: $ids) { small } }',
      variables: { ids: ['x'] },
      answers: () => expect.unreachable(),
    })
    expect(printJson(fast)).toBe(printJson(plain))
    expect(fast?.data).toBeUndefined()
    expect(fast?.errors).toHaveLength(2)
  })

  test.each([
    ['a field of the hub', '{ viewer shop_count }'],
    ['introspection', '{ shop_count __schema { queryType { name } } }'],
    ['a key that would change the object', '{ __proto__: shop_count }'],
    ['such a key further in', '{ shop_get { __proto__: small } }'],
  ])('is not made of %s, which graphql-js runs', async (_what, source) => {
    const [fast, plain] = await both({ source, variables: {}, answers: () => 1 })
    expect(fast).toBeNull()
    expect(plain.errors).toBeUndefined()
  })

  test('is left to graphql-js where a condition is null, which is an error there', async () => {
    const source = 'query ($no: Boolean = false) { shop_count @skip(if: $no) }'
    const [fast, plain] = await both({ source, variables: { no: null }, answers: () => 1 })
    expect(fast).toBeNull()
    expect(plain.errors?.[0]?.message).toContain('"if"')
  })
})
