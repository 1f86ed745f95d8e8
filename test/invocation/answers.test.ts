// What an API answers becomes values: exact JSON, text, octets, within bounds.
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Schema } from '../../src/definition/index.ts'
import { Bytes } from '../../src/invocation/index.ts'
import { printJson } from '../../src/json.ts'
import { definition, invocation, operation, text } from './definitions.ts'
import { failureOf, type OpenedInvoker, openInvoker } from './open-invoker.ts'
import { startUpstream, type UpstreamServer } from './upstream-server.ts'

let upstream: UpstreamServer
let opened: OpenedInvoker
beforeAll(async () => {
  upstream = await startUpstream()
  opened = openInvoker({ allowPrivate: [upstream.origin], limits: { responseBytes: 100_000 } })
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const object: Schema = { type: 'object', properties: {}, required: [], additional: null }
const binary: Schema = { type: 'string', format: 'binary' }

async function answered(
  body: string | Uint8Array,
  headers: Record<string, string | string[]>,
  response: Schema | null = { type: 'any' },
  status = 200,
) {
  upstream.answer = (_request, answer) => answer.writeHead(status, headers).end(body)
  return opened.invoker.call(invocation(definition(upstream.origin), operation({ response })))
}

describe('decoding', () => {
  test('any JSON arrives equal, int64 exact', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue(),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        async (value, id) => {
          const sent = printJson({ value, id })
          const { body } = await answered(sent, { 'content-type': 'application/json' })
          expect(printJson(body)).toBe(sent)
        },
      ),
      { numRuns: 100 },
    )
  })

  test.each([
    'application/json; charset=utf-8',
    'application/vnd.api+json',
    'text/json',
    'Application/JSON',
    'application/problem+json',
  ])('%s is JSON', async type => {
    expect((await answered('\ufeff{"a":[1]}', { 'content-type': type })).body).toEqual({ a: [1] })
  })

  test.each([
    ['text/plain', 'a,b', 'a,b'],
    ['text/html; charset=iso-8859-1', Buffer.from([0xe9]), 'é'],
    ['application/xml', '<a/>', '<a/>'],
    ['application/soap+xml', '<a/>', '<a/>'],
    ['text/plain; charset=nonsense', 'x', 'x'],
    ['', 'plain', 'plain'],
  ])('%s is text', async (type, sent, expected) => {
    expect((await answered(sent, type === '' ? {} : { 'content-type': type })).body).toBe(expected)
  })

  test('JSON under a text type or none is read where an object or array is declared, else it stays text', async () => {
    for (const headers of [{ 'content-type': 'text/html' }, {}]) {
      expect((await answered('{"a":1}', headers, object)).body).toEqual({ a: 1 })
      expect((await answered('not json', headers, object)).body).toBe('not json')
      expect((await answered('{"a":1}', headers, text)).body).toBe('{"a":1}')
    }
  })

  test('octets stay octets, and whatever is declared binary comes as octets', async () => {
    const data = Buffer.from([0, 255, 1])
    for (const [type, schema] of [
      ['image/png', { type: 'any' }],
      ['text/csv', binary],
      ['application/json', binary],
    ] as const) {
      const { body } = await answered(data, { 'content-type': type }, schema)
      expect(body).toBeInstanceOf(Bytes)
      expect(body).toMatchObject({ contentType: type })
      expect(Buffer.from((body as Bytes).data)).toEqual(data)
    }
    expect((await answered(data, {})).body).toBeInstanceOf(Bytes)
  })

  test('nothing is null, whatever the type', async () => {
    expect((await answered('', { 'content-type': 'application/json' })).body).toBeNull()
    expect((await answered('', {}, object, 204)).body).toBeNull()
    expect((await answered('', { 'content-encoding': 'gzip' })).body).toBeNull()
  })

  test('broken JSON is an error that quotes nothing of it', async () => {
    const error = await failureOf(answered('{"token":"CANARY', { 'content-type': 'application/json' }))
    expect(error.code).toBe('UPSTREAM_INVALID')
    expect(JSON.stringify([error.message, error.details, String(error.cause)])).not.toContain('CANARY')
  })

  test('headers come in lower case, repeated ones joined, cookies never', async () => {
    const { headers } = await answered('{}', { 'X-A': ['1', '2'], 'Set-Cookie': 'session=1', Location: '/x' })
    expect(headers).toMatchObject({ 'x-a': '1, 2', location: '/x' })
    expect(headers).not.toHaveProperty('set-cookie')
  })
})

describe('compression', () => {
  const body = JSON.stringify({ text: 'compressed '.repeat(50) })
  test.each([
    ['gzip', gzipSync(body)],
    ['deflate', deflateSync(body)],
    ['deflate', deflateRawSync(body)],
    ['br', brotliCompressSync(body)],
    ['zstd', zstdCompressSync(body)],
    ['gzip, br', brotliCompressSync(gzipSync(body))],
    ['identity', Buffer.from(body)],
  ])('%s', async (encoding, data) => {
    const answer = await answered(data, { 'content-type': 'application/json', 'content-encoding': encoding })
    expect(answer.body).toEqual(JSON.parse(body))
  })

  test('broken or unknown codings are errors', async () => {
    for (const [encoding, data] of [
      ['gzip', Buffer.from('no gzip')],
      ['gzip', gzipSync(body).subarray(0, 20)],
      ['compress', Buffer.from('x')],
    ] as const)
      expect((await failureOf(answered(data, { 'content-encoding': encoding }))).code).toBe(
        'UPSTREAM_INVALID',
      )
  })
})

describe('size', () => {
  const big = Buffer.alloc(5_000_000, 'a')
  test('a body up to the limit is read, one octet more is refused', async () => {
    expect((await answered(big.subarray(0, 100_000), { 'content-type': 'text/plain' })).body).toHaveLength(
      100_000,
    )
    const error = await failureOf(answered(big.subarray(0, 100_001), { 'content-type': 'text/plain' }))
    expect(error.code).toBe('UPSTREAM_INVALID')
    expect(error.message).toContain('100000 bytes')
  })

  test.each([
    ['gzip', gzipSync(big)],
    ['br', brotliCompressSync(big)],
    ['zstd', zstdCompressSync(big)],
    ['gzip, gzip', gzipSync(gzipSync(big))],
  ])('a %s bomb is refused', async (encoding, bomb) => {
    expect(bomb.length).toBeLessThan(100_000)
    const error = await failureOf(
      answered(bomb, { 'content-type': 'text/plain', 'content-encoding': encoding }),
    )
    expect(error.code).toBe('UPSTREAM_INVALID')
  })

  test('a body without end is given up, and the connection closed', async () => {
    const closed = new Promise<void>(resolve => {
      upstream.answer = (_request, response) => {
        response.on('close', resolve)
        const more = () => {
          while (!response.destroyed && response.write(big.subarray(0, 65_536)));
          response.once('drain', more)
        }
        more()
      }
    })
    const call = opened.invoker.call(invocation(definition(upstream.origin), operation()))
    expect((await failureOf(call)).code).toBe('UPSTREAM_INVALID')
    await closed
  })

  test('headers beyond 16 KB are refused', async () => {
    const error = await failureOf(answered('{}', { 'x-big': 'a'.repeat(17_000) }))
    expect(error.code).toBe('UPSTREAM_INVALID')
  })
})
