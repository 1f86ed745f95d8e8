// What a caller does not give: read-only members, callback URLs and constants, and objects of nothing else.
import { describe, expect, test } from 'vitest'
import type { Schema } from '../../src/definition/index.ts'
import { defined, openapi } from '../definition/small-document.ts'
import { compiled } from './answer.ts'
import {
  body,
  connector,
  list,
  object,
  operation,
  parameter,
  ref,
  text,
  webhook,
} from './definitions/build.ts'

const readOnly = (schema: Schema): Schema => ({ ...schema, readOnly: true })
const callback: Schema = { ...text, notificationUrl: true }
const schemas = {
  Id: readOnly(text),
  Record: object({ id: readOnly(text) }),
  Frozen: readOnly(object({ a: text })),
  Hook: object({ url: callback }),
  Alias: ref('Id'),
}
const putting = (schema: Schema, required = true) =>
  compiled(connector([operation('Put', { method: 'PUT', body: body(schema, { required }) })], schemas))

describe('read only', () => {
  test('says nothing about a parameter', async () => {
    const parameters = [
      parameter('id', { in: 'path', required: true, schema: ref('Id') }),
      parameter('q', { required: true, schema: readOnly(text) }),
      parameter('tags', { schema: list(ref('Alias')) }),
      parameter('record', { in: 'header', schema: ref('Record') }),
    ]
    const { field } = await compiled(connector([operation('Get', { parameters })], schemas))
    expect(field('shop_get')).toBe(
      'Query.shop_get(connection: ID, id: String!, q: String!, tags: [String], record: JSON): Boolean',
    )
  })

  test.each([
    ['an object', ref('Frozen'), 'shop_FrozenInput!'],
    ['a list', list(ref('Frozen')), '[shop_FrozenInput]!'],
    ['text', readOnly(text), 'String!'],
  ])('says nothing about a whole body: %s', async (_name, schema, input) => {
    const { field, diagnostics } = await putting(schema)
    expect(field('shop_put')).toBe(`Mutation.shop_put(connection: ID, input: ${input}): Boolean`)
    expect(diagnostics).toEqual([])
  })

  test('hides members, those behind references too, and objects of nothing else', async () => {
    const { type } = await putting(
      object({ a: ref('Id'), b: ref('Alias'), c: ref('Record'), d: list(ref('Record')), e: text }, ['a']),
    )
    expect(type('shop_PutInput')).toBe('input shop_PutInput { e: String }')
  })

  test('a required body with nothing for the caller is told', async () => {
    const { field, diagnostics } = await putting(ref('Record'))
    expect(field('shop_put')).toBe('Mutation.shop_put(connection: ID): Boolean')
    expect(diagnostics).toMatchObject([
      { severity: 'WARNING', code: 'SCHEMA_SIMPLIFIED', operation: 'Put', pointer: '/paths/~1Put/put' },
    ])
    expect((await putting(ref('Record'), false)).diagnostics).toEqual([])
  })

  test('a body that the hub fills in is not', async () => {
    const { field, diagnostics } = await putting(object({ id: readOnly(text), hook: ref('Hook') }))
    expect(field('shop_put')).toBe('Mutation.shop_put(connection: ID): Boolean')
    expect(diagnostics).toEqual([])
  })

  test.each([
    ['input: shop_HookInput!', ['url', 'kind']],
    ['input: shop_HookInput', ['url']],
  ])('a body that holds a callback is sent in any case: %s', async (input, required) => {
    const hook = operation('Hook', {
      method: 'POST',
      body: body(object({ url: callback, kind: text }, required), { required: false }),
      role: webhook,
    })
    const { field } = await compiled(connector([hook]))
    expect(field('shop_hook')).toContain(`${input}, after`)
  })

  test('a required list whose elements have nothing for the caller can still be sent', async () => {
    const { field } = await putting(list(ref('Record')))
    expect(field('shop_put')).toBe('Mutation.shop_put(connection: ID, input: [JSON]!): Boolean')
  })

  test('members of an object that becomes parameters are not among them', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' }, b: { $ref: '#/components/schemas/Id' } },
    }
    const { operations } = defined(
      openapi({
        paths: {
          '/n': {
            post: {
              parameters: [{ name: 'f', in: 'query', style: 'deepObject', schema }],
              requestBody: { content: { 'application/x-www-form-urlencoded': { schema } } },
              responses: { 204: { description: 'done' } },
            },
          },
        },
        components: { schemas: { Id: { type: 'string', readOnly: true } } },
      }),
    )
    expect(operations[0]?.parameters.map(({ in: place, name }) => [place, name])).toEqual([
      ['query', 'f[a]'],
      ['form', 'a'],
    ])
  })
})

test('an object within itself hides nothing of itself', async () => {
  const looped = { ...schemas, A: object({ id: ref('Id'), b: ref('B') }), B: object({ a: ref('A') }) }
  const { type } = await compiled(
    connector([operation('Put', { method: 'PUT', body: body(ref('A')) })], looped),
  )
  expect(type('shop_AInput')).toBe('input shop_AInput { b: shop_BInput }')
  expect(type('shop_BInput')).toBe('input shop_BInput { a: shop_AInput }')
})
