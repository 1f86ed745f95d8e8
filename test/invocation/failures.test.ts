// Failures: what the caller learns, what nobody learns, and what is tried again.
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OpenConnection } from '../../src/connections/index.ts'
import type { CallWatch, Invocation, Limits, ToldExchange } from '../../src/invocation/index.ts'
import { openTestTracing, startOtlpReceiver } from '../harness/otlp-receiver.ts'
import { canary, canaryConnections, forms, leaksIn, shownOf } from './canaries.ts'
import {
  authentication,
  connection,
  definition,
  invocation,
  operation,
  parameter,
  policy,
  wire,
} from './definitions.ts'
import { failureOf, impatientClock, openInvoker } from './open-invoker.ts'
import { type Answer, json, type SeenRequest, startUpstream, type UpstreamServer } from './upstream-server.ts'

describe('an error status', () => {
  test('becomes UPSTREAM_ERROR with status, wait and body', async () => {
    await using upstream = await startUpstream()
    await using opened = openInvoker({ allowPrivate: [upstream.origin] })
    upstream.answer = (_request, response) =>
      response
        .writeHead(429, { 'content-type': 'application/problem+json', 'retry-after': '7' })
        .end('{"reason":"slow","id":9007199254740993}')
    const error = await failureOf(
      opened.invoker.call(invocation(definition(upstream.origin), operation({ id: 'ListThings' }))),
    )
    expect(error.code).toBe('UPSTREAM_ERROR')
    expect(error.message).toBe('Demo answered ListThings with status 429; try again in 7 seconds.')
    expect(error.details).toEqual({
      connector: 'demo',
      operation: 'ListThings',
      http: { status: 429 },
      retryAfter: 7,
      upstream: { reason: 'slow', id: '9007199254740993' },
    })
    expect(await opened.metrics.registry.metrics()).toContain(
      'junctor_upstream_call_seconds_count{connector="demo",operation="ListThings",outcome="4xx"} 1',
    )
  })

  test('reads Retry-After as a date, and ignores nonsense', async () => {
    await using upstream = await startUpstream()
    const now = Date.parse('2030-01-01T00:00:00Z')
    await using opened = openInvoker({
      allowPrivate: [upstream.origin],
      clock: { ...impatientClock(), now: () => now },
    })
    const waitFor = async (value: string) => {
      upstream.answer = (_request, response) => response.writeHead(429, { 'retry-after': value }).end()
      const error = await failureOf(opened.invoker.call(invocation(definition(upstream.origin), operation())))
      return error.details.retryAfter
    }
    expect(await waitFor('Tue, 01 Jan 2030 00:00:30 GMT')).toBe(30)
    expect(await waitFor('Tue, 01 Jan 2019 00:00:30 GMT')).toBe(0)
    expect(await waitFor('soon')).toBeUndefined()
  })

  test('shows at most 4 KB of the body, of any length and coding', async () => {
    await using upstream = await startUpstream()
    await using opened = openInvoker({ allowPrivate: [upstream.origin], limits: { responseBytes: 1_000 } })
    const body = 'é'.repeat(3_000_000)
    for (const [data, encoding] of [
      [Buffer.from(body), 'identity'],
      [gzipSync(body), 'gzip'],
      [Buffer.from('broken'), 'gzip'],
    ] as const) {
      upstream.answer = (_request, response) =>
        response.writeHead(400, { 'content-encoding': encoding }).end(data)
      const error = await failureOf(opened.invoker.call(invocation(definition(upstream.origin), operation())))
      expect(error.details.http).toEqual({ status: 400 })
      expect(String(error.details.upstream ?? '').length).toBeLessThanOrEqual(4_096)
    }
  })
})

describe('secrets', () => {
  const policies = [
    policy('setqueryparameter', { name: 'again', value: "x-@connectionParameters('api_key')" }),
  ]

  const echo = (request: SeenRequest) => ({
    target: request.target,
    decoded: [...request.query],
    headers: request.headers,
    basic: Buffer.from(String(request.headers.authorization).split(' ')[1] ?? '', 'base64').toString(),
    plain: canary,
    encoded: forms,
  })
  const escaped = (text: string) =>
    text.replace(/./gsu, character =>
      `\\u{${character.codePointAt(0)?.toString(16)}}`.replace(/\{(\w+)\}/, (_all, code: string) =>
        code.padStart(4, '0'),
      ),
    )

  const answers: Record<string, Answer> = {
    '400 JSON': (request, response) => json(echo(request), 400)(request, response),
    '500 JSON': (request, response) => json(echo(request), 500)(request, response),
    '401 text': (request, response) =>
      response.writeHead(401).end([request.target, canary, ...forms].join('\n')),
    '403 HTML': (_request, response) =>
      response
        .writeHead(403, { 'content-type': 'text/html' })
        .end(`<b>${canary.replace(/&/g, '&amp;').replace(/"/g, '&quot;')}</b>`),
    '422 escaped JSON': (_request, response) =>
      response
        .writeHead(422, { 'content-type': 'application/json' })
        .end(`{"${escaped(canary)}":["${escaped(canary)}"]}`),
    '400 cut': (_request, response) => response.writeHead(400).end(canary.repeat(10_000)),
    'redirect elsewhere': (request, response) =>
      response.writeHead(302, { location: `http://10.0.0.1${request.target}` }).end(),
    'redirect to nonsense': (request, response) =>
      response.writeHead(302, { location: `http://[${request.target}` }).end(),
    'broken JSON': (request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(`{"a":${JSON.stringify(echo(request))}`),
    'broken coding': (request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(inspect(echo(request))),
    'broken connection': (_request, response) => response.destroy(),
    silence: () => {},
    'silence behind the headers': (_request, response) => void response.writeHead(200).write('{'),
  }

  for (const [what, answer] of Object.entries(answers))
    test(`${what}: never in answers, logs, metrics, spans or what is told of the calls`, async () => {
      await using receiver = await startOtlpReceiver()
      const tracing = await openTestTracing(receiver)
      await using upstream = await startUpstream()
      await using opened = openInvoker({
        allowPrivate: [upstream.origin],
        clock: impatientClock(),
        limits: { headersMs: 50, bodyIdleMs: 50 },
        tracing,
      })
      upstream.answer = answer
      const told: ToldExchange[] = []
      const watch: CallWatch = { span: null, tell: exchange => void told.push(exchange) }
      const credentials = Object.values(canaryConnections)
      for (const open of credentials) {
        const about = definition(upstream.origin, { policies })
        const error = await failureOf(
          opened.invoker.call(invocation(about, operation(), { connection: open, watch })),
        )
        expect(leaksIn(await shownOf(error, opened))).toEqual([])
      }
      await tracing[Symbol.asyncDispose]()
      expect(told.length).toBeGreaterThan(0)
      expect(receiver.spans.length).toBe(told.length + credentials.length)
      expect(leaksIn([receiver.raw(), JSON.stringify(told)].join('\n'))).toEqual([])
    })

  test('in no offset of base64 and under no encoding, for any secret', async () => {
    const upstream = await startUpstream()
    const opened = openInvoker({ allowPrivate: [upstream.origin] })
    const secrets = fc
      .string({ unit: 'binary', minLength: 8, maxLength: 30 })
      .filter(value => value.isWellFormed())
    try {
      await fc.assert(
        fc.asyncProperty(secrets, fc.string({ maxLength: 3 }), async (value, beside) => {
          upstream.answer = (_request, response) =>
            response
              .writeHead(400, { 'content-type': 'text/plain' })
              .end(
                [
                  value,
                  encodeURIComponent(value),
                  Buffer.from(`${beside}${value}${beside}`).toString('base64'),
                ].join(' | '),
              )
          const open = connection(authentication('CUSTOM'), { value })
          const error = await failureOf(
            opened.invoker.call(invocation(definition(upstream.origin), operation(), { connection: open })),
          )
          const shown = String(error.details.upstream)
          expect(shown).not.toContain(value)
          expect(shown).not.toContain(encodeURIComponent(value))
          const decoded = shown.split(' | ').map(part => Buffer.from(part, 'base64').toString())
          for (const text of decoded) expect(text).not.toContain(value)
        }),
        { numRuns: 60 },
      )
    } finally {
      await opened[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    }
  })

  /** What the error shows of an answer to a call with this connection. */
  const upstreamOf = async (open: OpenConnection, answer: string) => {
    await using upstream = await startUpstream()
    await using opened = openInvoker({ allowPrivate: [upstream.origin] })
    upstream.answer = (_request, response) => response.writeHead(401).end(answer)
    const about = definition(upstream.origin)
    const error = await failureOf(opened.invoker.call(invocation(about, operation(), { connection: open })))
    return error.details.upstream
  }

  test.each([
    ['behind a scheme word', 'Bearer sk-CANARY', 'sk-CANARY'],
    ['behind a header name and a scheme word', 'Authorization: Bearer sk-CANARY', 'sk-CANARY'],
    ['with a space or a line end around it', ' sk-CANARY\n', 'sk-CANARY'],
    ['in quotes', '"sk-CANARY"', 'sk-CANARY'],
    ['as a parameter of a scheme', 'Token token="sk-CANARY", id=7', 'sk-CANARY'],
    ['in a connection string', 'Endpoint=sb://x;SharedAccessKey=sk/CANARY==', 'sk/CANARY=='],
    ['the password of a pair', 'robot:sk-CANARY', 'sk-CANARY'],
    ['the password of a pair in base64', `Basic ${btoa('robot:sk-CANARY')}`, 'sk-CANARY'],
    ['the key of a pair in base64 without a scheme', btoa('sk-CANARY:x'), 'sk-CANARY'],
    ['percent-encoded, behind a scheme word', 'Bearer sk/CANARY', 'sk%2FCANARY'],
  ])('the part that an API names alone: %s', async (_what, api_key, echoed) => {
    const shown = await upstreamOf(
      connection(authentication('CUSTOM'), { api_key }),
      `Incorrect key: ${echoed}.`,
    )
    expect(shown).toBe('Incorrect key: [redacted].')
  })

  test('the whole pair of Basic authentication, in base64', async () => {
    const open = connection(
      authentication('BASIC'),
      { password: 'CANARY!' },
      { parameters: { username: 'robot' } },
    )
    expect(await upstreamOf(open, `Basic ${btoa('robot:CANARY!')} is wrong`)).toBe(
      'Basic [redacted] is wrong',
    )
  })

  test('one as long as a connection takes, and what looks like a thousand of them', async () => {
    const long = 'cAnARY=5ecret&'.repeat(4_600)
    const many = 'cAnARY:5ecret '.repeat(280)
    const open = connection(authentication('CUSTOM'), { long, many, key: 'k-CANARY' })
    expect(await upstreamOf(open, `${many.trim()}, ${encodeURIComponent(many)}, K-Canary`)).toBe(
      '[redacted], [redacted], [redacted]',
    )
    expect(JSON.stringify(await upstreamOf(open, long))).not.toContain('cAnARY')
  })

  test('a short one only where it stands alone, so that the answer stays readable', async () => {
    const open = connection(authentication('CUSTOM'), { pin: 'an', scheme: 'Key a' })
    expect(await upstreamOf(open, 'Any answer, "an" too: a plan.')).toBe(
      'Any answer, "[redacted]" too: a plan.',
    )
  })

  test('not in the part that is left of one at the end of a long answer', async () => {
    await using upstream = await startUpstream()
    await using opened = openInvoker({ allowPrivate: [upstream.origin] })
    const long = 'cAnARY-'.repeat(100)
    upstream.answer = (_request, response) => response.writeHead(400).end(long.repeat(1_000))
    const about = definition(upstream.origin)
    const open = connection(authentication('CUSTOM'), { long })
    const error = await failureOf(opened.invoker.call(invocation(about, operation(), { connection: open })))
    expect(error.details.upstream).toMatch(/^(\[redacted\])+[[\]redact]*$/)
  })

  test('not in the sentence where a secret makes the host', async () => {
    await using opened = openInvoker({ resolve: async () => [] })
    const about = definition('https://x.example', {
      policies: [policy('dynamichosturl', { urlTemplate: "https://@connectionParameters('sub').example" })],
    })
    const open = connection(authentication('CUSTOM'), { sub: 'secret-canary' })
    const error = await failureOf(opened.invoker.call(invocation(about, operation(), { connection: open })))
    expect(error.code).toBe('UPSTREAM_UNREACHABLE')
    expect(error.message).not.toContain('secret-canary')
  })
})

describe('time', () => {
  const slow = async (upstream: UpstreamServer, limits: Partial<Limits>, rest: Partial<Invocation> = {}) => {
    await using opened = openInvoker({ allowPrivate: [upstream.origin], limits })
    return await failureOf(opened.invoker.call(invocation(definition(upstream.origin), operation(), rest)))
  }

  test('headers, a body and a whole call that take too long are UPSTREAM_TIMEOUT', async () => {
    await using upstream = await startUpstream()
    upstream.answer = () => {}
    expect((await slow(upstream, { headersMs: 50 })).code).toBe('UPSTREAM_TIMEOUT')
    expect((await slow(upstream, { totalMs: 50 })).message).toContain('in all')
    upstream.answer = (_request, response) => void response.writeHead(200).write('{')
    expect((await slow(upstream, { bodyIdleMs: 50 })).code).toBe('UPSTREAM_TIMEOUT')
    expect((await slow(upstream, { totalMs: 50 })).code).toBe('UPSTREAM_TIMEOUT')
  })

  test('a name that is not resolved in time is UPSTREAM_TIMEOUT', async () => {
    await using opened = openInvoker({ resolve: () => new Promise(() => {}), limits: { connectMs: 50 } })
    const error = await failureOf(
      opened.invoker.call(invocation(definition('https://slow.example'), operation())),
    )
    expect(error.code).toBe('UPSTREAM_TIMEOUT')
  })

  test('a server that dribbles is stopped by the total', async () => {
    await using upstream = await startUpstream()
    upstream.answer = (_request, response) => {
      response.writeHead(200)
      const dribble = setInterval(() => response.write(' '), 5)
      response.on('close', () => clearInterval(dribble))
    }
    expect((await slow(upstream, { totalMs: 100, bodyIdleMs: 10_000 })).code).toBe('UPSTREAM_TIMEOUT')
  })

  test("the caller's signal ends the call, before and during it, with its own reason", async () => {
    await using upstream = await startUpstream()
    await using opened = openInvoker({ allowPrivate: [upstream.origin] })
    const about = definition(upstream.origin)
    const reason = new Error('the caller left')
    const before = opened.invoker.call(invocation(about, operation(), { signal: AbortSignal.abort(reason) }))
    await expect(before).rejects.toBe(reason)
    expect(upstream.seen).toEqual([])
    const leaving = new AbortController()
    upstream.answer = () => leaving.abort(reason)
    await expect(
      opened.invoker.call(invocation(about, operation(), { signal: leaving.signal })),
    ).rejects.toBe(reason)
  })
})

describe('a server that is not there', () => {
  test('is unreachable, and the sentence says why', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.close()
    await once(server, 'close')
    await using opened = openInvoker({ allowPrivate: [origin] })
    const error = await failureOf(
      opened.invoker.call(invocation(definition(`${origin}/secret-path`), operation())),
    )
    expect(error).toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      message: `${origin} cannot be reached: the connection was refused.`,
    })
  })

  test('or that speaks no HTTP', async () => {
    const server = createServer(socket => socket.end('220 mail ready\r\n'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await using opened = openInvoker({ allowPrivate: [origin] })
    expect((await failureOf(opened.invoker.call(invocation(definition(origin), operation())))).code).toBe(
      'UPSTREAM_INVALID',
    )
    server.close()
  })

  test('a connector without an address says what to do', async () => {
    await using opened = openInvoker()
    const about = definition('https://connector.invalid')
    const bare = await failureOf(opened.invoker.call(invocation(about, operation())))
    expect(bare.code).toBe('CONNECTION_REQUIRED')
    const open: OpenConnection = connection(authentication('NONE'))
    const unset = await failureOf(opened.invoker.call(invocation(about, operation(), { connection: open })))
    expect(unset).toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining('set the base URL of the connection'),
    })
    for (const baseUrl of ['ftp://x', 'https://user:hunter2@x', 'http://', 'not a url']) {
      const wrong = await failureOf(
        opened.invoker.call(invocation(about, operation(), { connection: { ...open, baseUrl } })),
      )
      expect(wrong.code).toBe('CREDENTIAL_INVALID')
      expect(wrong.message).not.toContain('hunter2')
    }
  })

  test('a scripted operation says so', async () => {
    await using opened = openInvoker()
    const error = await failureOf(
      opened.invoker.call(invocation(definition('https://x.example'), operation({ scripted: true }))),
    )
    expect(error.code).toBe('SCRIPT_REQUIRED')
  })
})

test('arguments never come back in an error of theirs', async () => {
  await using opened = openInvoker()
  const called = operation({ path: '/{a}', parameters: [parameter('path', 'a'), parameter('header', 'H')] })
  for (const places of [{ path: { a: '../CANARY' } }, { path: { a: 'x' }, header: { H: 'CANARY\n' } }]) {
    const error = await failureOf(
      opened.invoker.call(invocation(definition('https://x.example'), called, { arguments: wire(places) })),
    )
    expect(error.code).toBe('ARGUMENT_INVALID')
    expect(inspect(error)).not.toContain('CANARY')
  }
})
