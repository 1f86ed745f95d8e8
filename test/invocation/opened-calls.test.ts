// Calls that are opened: the head of the answer first, the body when somebody reads it, and never more of it than that.
import { brotliCompressSync, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OpenedBody } from '../../src/invocation/index.ts'
import { authentication, connection, definition, invocation, operation } from './definitions.ts'
import { failureOf, handClock, type OpenedInvoker, openInvoker } from './open-invoker.ts'
import { type Answer, startUpstream, type UpstreamServer } from './upstream-server.ts'

const limits = { responseBytes: 100_000, streamedBytes: 2_000_000 }
const clock = handClock()

let upstream: UpstreamServer
let opened: OpenedInvoker
beforeAll(async () => {
  upstream = await startUpstream()
  opened = openInvoker({ allowPrivate: [upstream.origin], limits, clock })
})
beforeEach(() => {
  upstream.seen.length = 0
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const download = operation({ response: { type: 'string', format: 'binary' } })
const signal = () => new AbortController().signal

async function open(answer: Answer, given = signal()) {
  upstream.answer = answer
  return opened.invoker.open(invocation(definition(upstream.origin), download, { signal: given }))
}

async function body(answer: Answer, given = signal()): Promise<OpenedBody> {
  const { body } = await open(answer, given)
  if (!body) throw new Error('the answer is empty')
  return body
}

const bytes =
  (data: Uint8Array, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-length': data.length, ...headers }).end(data)
  }

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

describe('any body arrives equal, read whole or as it comes', () => {
  const codings = {
    identity: (data: Uint8Array) => data,
    gzip: gzipSync,
    deflate: deflateRawSync,
    br: brotliCompressSync,
    zstd: zstdCompressSync,
  } as const
  test.each(Object.entries(codings))('%s', async (coding, encode) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 90_000 }),
        fc.boolean(),
        async (data, whole) => {
          const sent = bytes(encode(data), { 'content-encoding': coding, 'content-type': 'image/png' })
          const answered = await body(sent)
          expect(answered.contentType).toBe('image/png')
          expect(answered.length).toBe(coding === 'identity' ? data.length : null)
          expect(Buffer.from(whole ? await answered.bytes() : await collected(answered.chunks()))).toEqual(
            Buffer.from(data),
          )
        },
      ),
      { numRuns: 25 },
    )
  })
})

test('an empty body is none, and its type is not asked for', async () => {
  expect((await open((_request, response) => response.writeHead(204).end())).body).toBeNull()
  expect((await open(bytes(new Uint8Array()))).body).toBeNull()
  expect((await open(bytes(gzipSync(''), { 'content-encoding': 'gzip' }))).body).toBeNull()
  expect((await body(bytes(Buffer.from('x')))).contentType).toBe('application/octet-stream')
})

test('what is whole in memory has the bound of a call, what passes through has its own', async () => {
  const more = bytes(Buffer.alloc(limits.responseBytes + 1))
  expect((await failureOf((await body(more)).bytes())).code).toBe('UPSTREAM_INVALID')
  expect(await collected((await body(more)).chunks())).toHaveLength(limits.responseBytes + 1)
  const far = bytes(Buffer.alloc(limits.streamedBytes + 1))
  expect(await failureOf(collected((await body(far)).chunks()))).toMatchObject({
    code: 'UPSTREAM_INVALID',
    details: { connector: 'demo', operation: 'Call' },
  })
  const bomb = bytes(gzipSync(Buffer.alloc(limits.streamedBytes * 2)), { 'content-encoding': 'gzip' })
  expect((await failureOf(collected((await body(bomb)).chunks()))).code).toBe('UPSTREAM_INVALID')
})

test('what breaks on the way breaks the reading, and says so without a secret', async () => {
  const broken = bytes(gzipSync(Buffer.alloc(50_000, 'ab')).subarray(0, 60), { 'content-encoding': 'gzip' })
  const undecodable = await failureOf(open(broken).then(async ({ body }) => body?.bytes()))
  expect(undecodable.code).toBe('UPSTREAM_INVALID')

  const secretive = connection(
    authentication('API_KEY', [{ in: 'header', name: 'x-key', parameter: 'key' }]),
    {
      key: '127.0.0.1',
    },
  )
  upstream.answer = (_request, response) => {
    response.writeHead(200, { 'content-length': 50_000 })
    response.write(Buffer.alloc(10_000))
    setImmediate(() => response.destroy())
  }
  const { body: half } = await opened.invoker.open(
    invocation(definition(upstream.origin), download, { connection: secretive }),
  )
  const error = await failureOf(half?.bytes() ?? Promise.resolve())
  expect(error).toMatchObject({ code: 'UPSTREAM_UNREACHABLE', details: { connector: 'demo' } })
  expect(error.message).not.toContain('127.0.0.1')
})

/** Writes the beginning, and nothing more until its connection closes. */
function hanging(): { readonly answer: Answer; readonly closed: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return {
    closed: promise,
    answer: (_request, response) => {
      response.on('close', resolve)
      response.writeHead(200).write('beginning')
    },
  }
}

test('released, left in the middle or abandoned by the caller: the connection closes', async () => {
  const released = hanging()
  const nobodys = await body(released.answer)
  nobodys.release()
  expect(nobodys.isReleased()).toBe(true)

  const left = hanging()
  for await (const _chunk of (await body(left.answer)).chunks()) break

  const abandoned = hanging()
  const caller = new AbortController()
  const reading = (await body(abandoned.answer, caller.signal)).bytes()
  caller.abort(new Error('gone'))
  await expect(reading).rejects.toThrow('gone')
  await Promise.all([released.closed, left.closed, abandoned.closed])
})

test('a short body that nobody wants leaves its connection for the next call', async () => {
  const ports = new Set<unknown>()
  const noting: Answer = (request, response) => {
    ports.add(response.socket?.remotePort)
    bytes(Buffer.alloc(30_000))(request, response)
  }
  for (let calls = 0; calls < 5; calls++) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const unwanted = await body((request, response) => {
      response.on('close', resolve)
      noting(request, response)
    })
    unwanted.release()
    await promise
  }
  expect(ports.size).toBeLessThan(5)
})

test('whoever reads a body keeps it, and reads it once', async () => {
  const kept = await body(bytes(Buffer.from('abc')))
  const first = kept.bytes()
  kept.release()
  expect(kept.isReleased()).toBe(false)
  expect(kept.bytes()).toBe(first)
  expect(Buffer.from(await first).toString()).toBe('abc')
})

test('reading whole has the time of a call, passing on has its own pace', async () => {
  const slow = hanging()
  const reading = (await body(slow.answer)).bytes()
  clock.advance(120_000)
  expect((await failureOf(reading)).code).toBe('UPSTREAM_TIMEOUT')
  await slow.closed

  let finish = () => {}
  const passed = (
    await body((_request, response) => {
      response.writeHead(200).write('beginning')
      finish = () => response.end(', end')
    })
  ).chunks()
  clock.advance(3_600_000)
  finish()
  expect((await collected(passed)).toString()).toBe('beginning, end')
})

test('errors, retries and redirects are those of a call, and bytes count when they are read', async () => {
  let tries = 0
  const busy: Answer = (request, response) => {
    if (tries++ === 0) return void response.writeHead(302, { location: '/elsewhere' }).end()
    expect(request.path).toBe('/elsewhere')
    response.writeHead(200).end('data')
  }
  const answered = await body(busy)
  const counted = async () => {
    const { values } = await opened.metrics.upstreamResponseBytes.get()
    return values.reduce((sum, { value }) => sum + value, 0)
  }
  const before = await counted()
  await collected(answered.chunks())
  expect((await counted()) - before).toBe(0)
  const failed = await failureOf(open((_request, response) => response.writeHead(403).end('{"why":"no"}')))
  expect(failed).toMatchObject({ code: 'UPSTREAM_ERROR', details: { upstream: { why: 'no' } } })
})
