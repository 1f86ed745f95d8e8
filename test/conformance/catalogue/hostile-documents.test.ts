// Documents that mean harm, through reading and compiling alike: each is read or refused with a sentence, within the
// bounds of time and memory that the hub's compiling process has. Work is bounded by counting (values, schemas, depth,
// aliases, bytes); the clock only stops what counting missed, because pure code cannot be interrupted from inside.

import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { type Compiled, type Compiler, createCompiler, statusOf } from '../../../src/gateway/index.ts'
import { requirement } from '../../harness/requirement.ts'

let compiler: Compiler
beforeAll(() => {
  compiler = createCompiler({ clock: systemClock })
})
afterAll(() => compiler[Symbol.asyncDispose]())

/** Compiles as an import does: in the hub's process, which ends what takes too long or too much. */
async function compiled(document: unknown): Promise<Compiled> {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  return await compiler.compile('hostile', { kind: 'document', document: text, properties: null }, true).done
}

/** Neither the process's end nor its time limit had to help, and nothing was thrown. */
function expectHandled(result: Compiled): void {
  const thrown = result.diagnostics
    .filter(({ code }) => code === 'COMPILE_FAILED')
    .map(({ message }) => message)
  expect(thrown).toEqual([])
  if (statusOf(result) === 'QUARANTINED')
    expect(result.diagnostics.some(({ severity }) => severity === 'ERROR')).toBe(true)
}

function api(schema: unknown, schemas: object = {}): object {
  const content = { 'application/json': { schema } }
  return {
    openapi: '3.0.3',
    info: { title: 'Hostile', version: '1' },
    servers: [{ url: 'https://hostile.example.com' }],
    paths: {
      '/a': {
        post: {
          operationId: 'Do',
          requestBody: { content },
          responses: { 200: { description: 'ok', content } },
        },
      },
    },
    components: { schemas },
  }
}

const schemaRef = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const chain = (length: number, link: (next: object, level: number) => object) =>
  Object.fromEntries(
    Array.from({ length: length + 1 }, (_, level) => [
      `L${level}`,
      level === length
        ? { type: 'object', properties: { end: { type: 'string' } } }
        : link(schemaRef(`L${level + 1}`), level),
    ]),
  )
/** Every schema a choice of, or with members of, all others. */
const everyOther = (count: number, link: (others: object[], level: number) => object) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, level) => [
      `L${level}`,
      link(
        Array.from({ length: count }, (_, other) => schemaRef(`L${other}`)),
        level,
      ),
    ]),
  )

describe('documents that mean harm', () => {
  test.each<[string, () => unknown]>([
    [
      'a billion laughs in YAML',
      () => {
        const lines = Array.from(
          { length: 12 },
          (_, level) => `a${level + 1}: &a${level + 1} [${Array(10).fill(`*a${level}`).join(', ')}]`,
        )
        return `openapi: 3.0.3\na0: &a0 [lol]\n${lines.join('\n')}\npaths: {}\n`
      },
    ],
    ['YAML merge keys of themselves', () => 'a: &a\n  <<: *a\nopenapi: 3.0.3\npaths: {}\n'],
    ['a YAML anchor that holds itself', () => 'openapi: 3.0.3\nx: &x\n  y: *x\npaths: {}\n'],
    ['ten thousand levels', () => `{"openapi":"3.0.3","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    [
      'a million keys',
      () =>
        api({
          type: 'object',
          properties: Object.fromEntries(Array.from({ length: 1e6 }, (_, n) => [`k${n}`, 1])),
        }),
    ],
    [
      'fifty thousand typed members',
      () =>
        api({
          type: 'object',
          properties: Object.fromEntries(
            Array.from({ length: 5e4 }, (_, n) => [`k-${n}`, { type: 'string' }]),
          ),
        }),
    ],
    [
      'a hundred thousand enum values',
      () => api({ type: 'string', enum: Array.from({ length: 1e5 }, (_, n) => `v${n}`) }),
    ],
    [
      'references in a circle',
      () => api(schemaRef('A'), { A: schemaRef('B'), B: schemaRef('C'), C: schemaRef('A') }),
    ],
    [
      '256 levels of allOf',
      () =>
        api(
          schemaRef('L0'),
          chain(256, (next, level) => ({
            allOf: [next, { type: 'object', properties: { [`p${level}`]: { type: 'string' } } }],
          })),
        ),
    ],
    [
      '256 levels of oneOf',
      () =>
        api(
          schemaRef('L0'),
          chain(256, (next, level) => ({
            oneOf: [next, { type: 'object', properties: { [`p${level}`]: next } }],
          })),
        ),
    ],
    [
      '256 levels of members',
      () =>
        api(
          schemaRef('L0'),
          chain(256, next => ({ type: 'object', properties: { a: next, b: next } })),
        ),
    ],
    [
      '60 levels of members that are read only at the end',
      () =>
        api(schemaRef('L0'), {
          ...chain(60, next => ({ type: 'object', properties: { a: next, b: next } })),
          L60: { type: 'object', properties: { end: { type: 'string', readOnly: true } } },
        }),
    ],
    [
      'choices of everything',
      () =>
        api(
          schemaRef('L0'),
          everyOther(60, (others, level) => ({
            type: 'object',
            properties: { [`p${level}`]: { oneOf: others } },
          })),
        ),
    ],
    [
      'joins of everything',
      () =>
        api(
          schemaRef('L0'),
          everyOther(60, (others, level) => ({
            properties: { [`p${level}`]: { type: 'string' } },
            allOf: others,
          })),
        ),
    ],
    [
      'bases that all extend each other',
      () =>
        api(
          schemaRef('L0'),
          everyOther(60, (others, level) => ({
            type: 'object',
            discriminator: { propertyName: 'kind' },
            properties: { kind: { type: 'string' }, [`p${level}`]: schemaRef(`L${(level + 1) % 60}`) },
            allOf: others,
          })),
        ),
    ],
    [
      'a chain of ten thousand bases',
      () =>
        api(
          schemaRef('L0'),
          Object.fromEntries(
            Array.from({ length: 1e4 }, (_, level) => [
              `L${level}`,
              {
                type: 'object',
                discriminator: { propertyName: 'kind' },
                properties: { kind: { type: 'string' } },
                allOf: level === 0 ? [] : [schemaRef(`L${level - 1}`)],
              },
            ]),
          ),
        ),
    ],
    [
      'choices that double',
      () =>
        api(
          schemaRef('L0'),
          chain(40, (next, level) => ({
            oneOf: [
              { type: 'object', properties: { [`a${level}`]: next, x: next } },
              {
                type: 'object',
                properties: { [`b${level}`]: next, x: { type: 'object', properties: { y: next } } },
              },
            ],
          })),
        ),
    ],
    [
      'names that the language has',
      () =>
        `{"openapi":"3.0.3","paths":{"/__proto__":{"get":{"operationId":"__proto__","parameters":[{"name":"constructor","in":"query","schema":{"type":"string"}}],"responses":{"200":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/__proto__"}}}}}}}},"components":{"schemas":{"__proto__":{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"},"toString":{"$ref":"#/components/schemas/constructor"}}},"constructor":{"type":"object","properties":{"hasOwnProperty":{"type":"string"}}}}},"__proto__":{"polluted":true}}`,
    ],
    [
      'patterns that backtrack',
      () =>
        api({
          type: 'string',
          pattern: '(a+)+$',
          default: `${'a'.repeat(100_000)}!`,
          format: 'x'.repeat(100_000),
        }),
    ],
    [
      'a description of a megabyte',
      () =>
        api({
          type: 'object',
          description: '"""\\\n'.repeat(200_000),
          properties: { a: { type: 'string' } },
        }),
    ],
  ])('%s', { timeout: 120_000 }, async (_name, document) => {
    expectHandled(await compiled(document()))
  })

  test('what follows one is compiled as ever, and no prototype has changed', async () => {
    const result = await compiled(api({ type: 'object', properties: { a: { type: 'string' } } }))
    expect(statusOf(result)).toBe('READY')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})

test('a reference out of the document opens no file and calls no server', { timeout: 60_000 }, async () => {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    response.end('{"type":"object","properties":{"secret":{"type":"string"}}}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const folder = await mkdtemp(join(tmpdir(), 'junctor-hostile-'))
  try {
    const address = server.address()
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const file = join(folder, 'secret.json')
    await writeFile(file, '{"type":"object","properties":{"secret":{"type":"string"}}}')
    // A read moves an access time that is older than the last write, also where a disk keeps them lazily (relatime).
    const before = new Date('2020-01-01T00:00:00Z')
    await utimes(file, before, new Date())

    const places = [
      file,
      `file://${file}`,
      `../../../../../..${file}`,
      `${origin}/a.json`,
      `${origin}/a.json#/x`,
    ]
    for (const place of places) {
      const schema = {
        type: 'object',
        title: place,
        example: place,
        externalDocs: { url: place },
        properties: { a: { $ref: place }, b: { type: 'string', example: place, default: place } },
        discriminator: { propertyName: 'b', mapping: { x: place } },
      }
      const document = {
        ...api(schema, { Elsewhere: { $ref: place } }),
        externalDocs: { url: place },
        'x-webhooks': { hook: { $ref: place } },
      }
      const content = {
        'application/json': { schema, example: place, examples: { a: { externalValue: place } } },
      }
      const paths = {
        '/a': { $ref: place },
        '/b': {
          get: {
            operationId: 'B',
            parameters: [{ $ref: place }],
            responses: { 200: { description: '', content } },
          },
        },
        '/c': { get: { operationId: 'C', responses: { 200: { $ref: place } } } },
      }
      const result = await compiled({ ...document, paths })
      expectHandled(result)
      expect(result.artifact?.sdl).not.toContain('secret:')
      const swagger = await compiled({
        swagger: '2.0',
        host: 'a.example',
        paths,
        definitions: { A: { $ref: place } },
      })
      expectHandled(swagger)
    }
    expect(requests).toEqual([])
    expect((await stat(file)).atime).toEqual(before)
    // The witnesses do see what they are there to see.
    await fetch(`${origin}/witness`)
    expect(requests).toEqual(['/witness'])
    await readFile(file)
    requirement('a disk that keeps the time of a read', (await stat(file)).atime > before)
  } finally {
    server.close()
    await rm(folder, { recursive: true, force: true })
  }
})
