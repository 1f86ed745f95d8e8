// One odd value never fails its neighbours: whatever an API answers, the typed answer has data and no errors.
import fc from 'fast-check'
import {
  execute,
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLInt,
  GraphQLList,
  type GraphQLOutputType,
  GraphQLString,
  parse,
} from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseJson, printJson } from '../../src/json.ts'
import { createMemberResolver, fitValue, scalars, wireNamesOf } from '../../src/subgraph/index.ts'
import { type Compiled, compiled } from './answer.ts'
import { connector, type object, operation, ref } from './definitions/build.ts'
import { odd, oddLeaves } from './definitions/odd.ts'

const definition = connector([operation('Get', { response: ref('Odd') })], { Odd: odd('Odd') })
const document = parse(`{ shop_get { ${oddLeaves} self { ${oddLeaves} } selves { ${oddLeaves} } } }`)

let it: Compiled
beforeAll(async () => {
  it = await compiled(definition)
})

async function answered(value: unknown) {
  const member = createMemberResolver(wireNamesOf(new Map([[it.artifact.connector, it.artifact]])))
  return execute({
    schema: it.schema,
    document,
    fieldResolver: (source, args, context, info) =>
      info.parentType.name === 'Query'
        ? fitValue(value, info.returnType)
        : member(source, args, context, info),
  })
}

describe('values', () => {
  const dateTime = scalars.DateTime
  const cases: readonly [string, unknown, GraphQLOutputType, unknown][] = [
    ['a number as text', '12', GraphQLInt, 12],
    ['a number too large for Int', 2 ** 31, GraphQLInt, null],
    ['a fraction for Int', 1.5, GraphQLInt, null],
    ['a real number as text', ' 1.5 ', GraphQLFloat, 1.5],
    ['no number', 'twelve', GraphQLFloat, null],
    ['nothing as text', '', GraphQLFloat, null],
    ['a large integer', 9007199254740993n, scalars.BigInt, 9007199254740993n],
    ['a large integer as text', '9007199254740993', scalars.BigInt, 9007199254740993n],
    ['a number for text', 12, GraphQLString, '12'],
    ['a flag for text', false, GraphQLString, 'false'],
    ['an object for text', { a: [9007199254740993n] }, GraphQLString, '{"a":[9007199254740993]}'],
    ['a flag as text', 'True', GraphQLBoolean, true],
    ['a flag as number', 0, GraphQLBoolean, false],
    ['no flag', 'maybe', GraphQLBoolean, null],
    ['a date of any format', '31/12/2030', dateTime, '31/12/2030'],
    ['a date as number', 1700000000, dateTime, '1700000000'],
    ['a single item for a list', 'a', new GraphQLList(GraphQLString), ['a']],
    ['garbage for a list', 'a', new GraphQLList(GraphQLInt), null],
    ['garbage in a list', [1, 'x', '3', null], new GraphQLList(GraphQLInt), [1, null, 3, null]],
    ['nothing', undefined, GraphQLInt, null],
  ]
  test.each(cases)('%s', (_name, value, type, expected) => {
    expect(fitValue(value, type)).toEqual(expected)
  })

  test('an object around which there is a list of one', async () => {
    expect((await answered([{ small: 1, self: [{ small: 2 }] }])).data).toMatchObject({
      shop_get: { small: 1, self: { small: 2 } },
    })
    expect((await answered([{}, {}])).data).toEqual({ shop_get: null })
  })
})

describe('members', () => {
  test('are read by wire name, and own ones only', async () => {
    const { data, errors } = await answered({ 'a-text': 'x', a_text: 'wrong', selves: { small: '5' } })
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({
      shop_get: { a_text: 'x', constructor_: null, selves: [{ small: 5 }], self: null },
    })
  })

  test('large integers stay exact to the last byte', async () => {
    const { data } = await answered(parseJson('{"large": 9007199254740993, "any": {"n": 9007199254740995}}'))
    expect(printJson(data)).toContain('"large":9007199254740993')
    expect(printJson(data)).toContain('{"n":9007199254740995}')
  })

  test('never fail, whatever the API answers', async () => {
    const value = fc.letrec(tie => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withSparseArray: true }),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.record(
          Object.fromEntries(
            Object.keys((definition.schemas.Odd as ReturnType<typeof object>).properties).map(name => [
              name,
              tie('any'),
            ]),
          ),
          { requiredKeys: [] },
        ),
      ),
    })).any
    await fc.assert(
      fc.asyncProperty(value, async answer => {
        const { errors, data } = await answered(answer)
        expect(errors).toBeUndefined()
        expect(data).toHaveProperty('shop_get')
      }),
      { numRuns: 1000 },
    )
  })

  test('of types that are no connector’s are read as ever', async () => {
    const member = createMemberResolver(wireNamesOf(new Map([[it.artifact.connector, it.artifact]])))
    const { data } = await execute({
      schema: it.schema,
      document: parse('{ viewer }'),
      rootValue: { viewer: () => 'me' },
      fieldResolver: member,
    })
    expect(data).toEqual({ viewer: 'me' })
  })
})
