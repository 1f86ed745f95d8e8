// What is told of a document: every finding once, with its place, and with its operation where it is in one.
import { expect, test } from 'vitest'
import { read, swagger } from './small-document.ts'

const ok = { 200: { description: 'ok' } }
const found = (document: Readonly<Record<string, unknown>>) =>
  read(swagger(document)).diagnostics.map(({ code, pointer, operation }) => [code, pointer, operation])

test('several findings at one place are all told', () => {
  const { diagnostics } = read(
    swagger({ paths: { '/n/{a}/{b}/{c}': { get: { operationId: 'Get', responses: ok } } } }),
  )
  expect(diagnostics.map(({ message }) => /\{.\}/.exec(message)?.[0])).toEqual(['{a}', '{b}', '{c}'])
  const misfit = { name: 'q', in: 'query', type: 'int', enum: ['x'] }
  expect(
    found({ paths: { '/n': { get: { operationId: 'Get', parameters: [misfit], responses: ok } } } }),
  ).toEqual(Array(2).fill(['SCHEMA_INVALID', '/paths/~1n/get/parameters/0', 'Get']))
})

test('a schema that several operations share is told of once, one inside an operation with it', () => {
  const odd = { type: 'strng' }
  const response = (schema: object) => ({ 200: { description: 'ok', schema } })
  const shared = response({ $ref: '#/definitions/Shared' })
  const own = response({ type: 'object', properties: { odd, list: { $ref: '#/nowhere', type: 'array' } } })
  const paths = {
    '/n': {
      get: { operationId: 'Get', responses: shared },
      put: { operationId: 'Put', responses: shared },
      post: { operationId: 'Post', responses: own },
    },
  }
  const inside = '/paths/~1n/post/responses/200/schema/properties'
  expect(found({ paths, definitions: { Shared: { properties: { odd } } } })).toEqual([
    ['SCHEMA_SIMPLIFIED', `${inside}/odd`, 'Post'],
    ['REFERENCE_UNRESOLVED', `${inside}/list`, 'Post'],
    ['SCHEMA_SIMPLIFIED', '/definitions/Shared/properties/odd', undefined],
  ])
})
