// Choices and schemas that an API gives for a parameter (§6).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ConnectorDefinition, DynamicReference, Schema } from '../../src/definition/index.ts'
import { readOptions, readSchema, type WireArguments } from '../../src/invocation/index.ts'
import { definition, operation, parameter, wire } from './definitions.ts'
import { failureOf, type OpenedInvoker, openInvoker } from './open-invoker.ts'
import { json, startUpstream, type UpstreamServer } from './upstream-server.ts'

let upstream: UpstreamServer
let opened: OpenedInvoker
let about: ConnectorDefinition
beforeAll(async () => {
  upstream = await startUpstream()
  opened = openInvoker({ allowPrivate: [upstream.origin] })
  about = definition(upstream.origin, {
    operations: [
      operation({
        id: 'ListBoards',
        path: '/teams/{team}/boards',
        parameters: [parameter('path', 'team'), parameter('query', 'kind'), parameter('header', 'X-Site')],
      }),
      operation({
        id: 'Query',
        method: 'POST',
        path: '/query',
        body: { name: 'body', schema: { type: 'any' }, required: false },
      }),
      operation({ id: 'Download', path: '/download', response: { type: 'string', format: 'binary' } }),
    ],
  })
})
beforeEach(() => {
  upstream.seen.length = 0
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const reference = (rest: Partial<DynamicReference> = {}): DynamicReference => ({
  operation: 'ListBoards',
  arguments: { team: { value: 't1' } },
  itemsPath: 'value',
  valuePath: 'id',
  titlePath: 'title',
  ...rest,
})
const call = (rest: Partial<DynamicReference> = {}, given: WireArguments = wire()) => ({
  invoker: opened.invoker,
  definition: about,
  connection: null,
  reference: reference(rest),
  arguments: given,
  signal: new AbortController().signal,
})

describe('choices', () => {
  const options = async (answer: unknown, rest: Partial<DynamicReference> = {}, schema?: Schema) => {
    upstream.answer = json(answer)
    return readOptions({ ...call(rest), ...(schema ? { schema } : {}) })
  }

  test('come from the items, with a title or without', async () => {
    expect(
      await options({ value: [{ id: 1, title: 'One' }, { id: '2' }, { title: 'none' }, { id: null }] }),
    ).toEqual([
      { value: 1, title: 'One' },
      { value: '2', title: '2' },
    ])
  })

  test('take deep paths, names with a slash, bare arrays and scalars', async () => {
    expect(
      await options(
        { data: { rows: [{ p: { k: 'a' }, 'n/t': 'A' }] } },
        { itemsPath: 'data/rows', valuePath: 'p/k', titlePath: 'n/t' },
      ),
    ).toEqual([{ value: 'a', title: 'A' }])
    expect(await options([{ id: 1 }], { itemsPath: '' })).toEqual([{ value: 1, title: '1' }])
    expect(await options(['x', 7], { itemsPath: '', valuePath: '', titlePath: '' })).toEqual([
      { value: 'x', title: 'x' },
      { value: 7, title: '7' },
    ])
    expect(await options({ only: [{ id: 1 }], count: 1 }, { itemsPath: '' })).toHaveLength(1)
    expect(await options({ other: [] })).toEqual([])
  })

  test('fit the type of the parameter', async () => {
    const value = async (id: unknown, schema: Schema) =>
      (await options({ value: [{ id }] }, {}, schema))[0]?.value
    expect(await value(7, { type: 'string' })).toBe('7')
    expect(await value('9007199254740993', { type: 'integer', format: 'int64' })).toBe(9007199254740993n)
    expect(await value('7', { type: 'integer', format: 'int32' })).toBe(7)
    expect(await value('x', { type: 'integer', format: 'int32' })).toBe('x')
    expect(await value('1.5', { type: 'number' })).toBe(1.5)
    expect(await value('true', { type: 'boolean' })).toBe(true)
    expect(await value(7, { type: 'array', items: { type: 'string' } })).toBe('7')
  })
})

describe('arguments', () => {
  const target = async (rest: Partial<DynamicReference>, given: WireArguments) => {
    upstream.answer = json({ value: [] })
    await readOptions(call(rest, given))
    return upstream.last()
  }
  const from = (name: string) => ({ arguments: { team: { parameter: name } } })

  test.each([
    ['a parameter', 'team', wire({ query: { team: 'p' } })],
    ['a property of the body', 'a/b', wire({}, { a: { b: 'p' } })],
    ['a reference that begins with the body', 'body/a/b', wire({}, { a: { b: 'p' } })],
    ['dots', 'a.b', wire({}, { a: { b: 'p' } })],
    ['a name found once, anywhere', 'deep', wire({}, { x: [{ deep: 'p' }] })],
  ])('come from %s', async (_what, name, given) => {
    expect((await target(from(name), given)).path).toBe('/teams/p/boards')
  })

  test('that are required must be chosen first; optional ones are left out', async () => {
    const error = await failureOf(target(from('project'), wire()))
    expect(error).toMatchObject({ code: 'ARGUMENT_INVALID', details: { argument: 'project' } })
    expect(upstream.seen).toEqual([])
    const { target: sent } = await target(
      { arguments: { team: { value: 't' }, kind: { parameter: 'none' } } },
      wire(),
    )
    expect(sent).toBe('/teams/t/boards')
  })

  test('go where the operation takes them: query, header, or a path into its body', async () => {
    const { query, headers } = await target(
      { arguments: { team: { value: 1 }, kind: { value: ['a', 'b'] }, 'X-Site': { value: 's' } } },
      wire(),
    )
    expect([query.get('kind'), headers['x-site']]).toEqual(['a,b', 's'])
    const { body } = await target(
      { operation: 'Query', arguments: { 'body/filter/kind': { value: 1 }, top: { parameter: 'n' } } },
      wire({ query: { n: 2 } }),
    )
    expect(JSON.parse(body.toString())).toEqual({ filter: { kind: 1 }, top: 2 })
  })

  test('an operation that is missing or gives a file is an error that names it', async () => {
    expect((await failureOf(target({ operation: 'Gone' }, wire()))).message).toContain('Gone')
    expect((await failureOf(target({ operation: 'Download' }, wire()))).code).toBe('UPSTREAM_INVALID')
  })
})

describe('schemas', () => {
  const read = async (answer: unknown, valuePath = 'schema') => {
    upstream.answer = json(answer)
    return readSchema(call({ valuePath }))
  }
  const schema = { type: 'object', properties: { a: { type: 'string' } } }

  test('are found at the path, or are the response', async () => {
    expect(await read({ schema })).toEqual(schema)
    expect(await read({ x: { schema } }, 'x/schema')).toEqual(schema)
    expect(await read(schema, '')).toEqual(schema)
  })

  test('may be a bare map of properties, even of properties named like keywords', async () => {
    expect(await read({ schema: { a: { type: 'string' } } })).toEqual(schema)
    const odd = { type: { type: 'string' }, properties: { type: 'string' }, items: { type: 'object' } }
    expect(await read({ schema: odd })).toEqual({ type: 'object', properties: odd })
    expect(await read({ schema: { properties: { a: { type: 'string' } } } })).toEqual({
      properties: { a: { type: 'string' } },
    })
  })

  test('may be missing, which means anything', async () => {
    for (const answer of [{}, { schema: null }, { schema: 'x' }, []]) expect(await read(answer)).toBeNull()
  })
})
