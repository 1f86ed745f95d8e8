// Spans of calls, as a collector gets them; and what those are told who look after the connection.
import { describe, expect, test } from 'vitest'
import type { OpenConnection } from '../../src/connections/index.ts'
import type { ConnectorDefinition } from '../../src/definition/index.ts'
import type { Invocation, ToldExchange } from '../../src/invocation/index.ts'
import { createLogger, openTracing } from '../../src/telemetry/index.ts'
import { type OtlpReceiver, openTestTracing, startOtlpReceiver } from '../harness/otlp-receiver.ts'
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
import { json, startUpstream, type UpstreamServer } from './upstream-server.ts'

const getUser = operation({
  id: 'GetUser',
  path: '/users/{id}?fixed=1',
  parameters: [parameter('path', 'id'), parameter('query', 'expand'), parameter('header', 'X-Note')],
})
const open = connection(authentication('API_KEY', [{ in: 'query', name: 'key', parameter: 'api_key' }]), {
  api_key: 'sk-CANARY/1',
})
const callOf = ({ origin }: UpstreamServer, rest: Partial<Invocation> = {}) =>
  invocation(definition(origin), getUser, {
    connection: open,
    arguments: wire({ path: { id: 'a/b' }, query: { expand: 'all' }, header: { 'X-Note': 'mine' } }),
    ...rest,
  })

describe('spans', () => {
  const spansOf = async (
    work: (opened: ReturnType<typeof openInvoker>) => Promise<unknown>,
    upstream: UpstreamServer,
  ) => {
    const receiver = await startOtlpReceiver()
    const tracing = await openTestTracing(receiver)
    const allowPrivate = [upstream.origin, upstream.origin.replace('http:', 'https:')]
    await using opened = openInvoker({ allowPrivate, clock: impatientClock(), tracing })
    await work(opened)
    await tracing[Symbol.asyncDispose]()
    await receiver[Symbol.asyncDispose]()
    return receiver
  }
  const named = ({ spans }: OtlpReceiver, name: string) => spans.filter(span => span.name === name)

  test('a call, and inside it each request, by the HTTP conventions; nothing of it goes upstream', async () => {
    await using upstream = await startUpstream()
    const { port } = new URL(upstream.origin)
    const received = await spansOf(({ invoker }) => invoker.call(callOf(upstream)), upstream)
    const [call] = named(received, 'demo GetUser')
    const [sent] = named(received, 'GET /users/{id}')
    expect(received.spans).toHaveLength(2)
    expect(call).toMatchObject({
      kind: 1,
      parentSpanId: undefined,
      failed: false,
      service: 'hub',
      attributes: {
        'junctor.connector': 'demo',
        'junctor.operation': 'GetUser',
        'junctor.outcome': '2xx',
      },
    })
    expect(sent).toMatchObject({ kind: 3, traceId: call?.traceId, parentSpanId: call?.spanId, failed: false })
    expect(sent?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': Number(port),
      'url.scheme': 'http',
      'url.template': '/users/{id}',
    })
    expect(upstream.last().headers).not.toHaveProperty('traceparent')
    expect(upstream.last().headers).not.toHaveProperty('tracestate')
  })

  test('a retry is a span of its own with its number, and a failure ends both as errors', async () => {
    await using upstream = await startUpstream()
    upstream.answer = json({}, 503)
    const received = await spansOf(({ invoker }) => failureOf(invoker.call(callOf(upstream))), upstream)
    const sent = named(received, 'GET /users/{id}')
    expect(sent.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1, 2])
    for (const { failed, attributes } of sent)
      expect([failed, attributes['error.type'], attributes['http.response.status_code']]).toEqual([
        true,
        '503',
        503,
      ])
    expect(named(received, 'demo GetUser')[0]).toMatchObject({
      failed: true,
      attributes: { 'error.type': '5xx' },
    })
  })

  test('the call of a policy is no repetition, a redirect is one', async () => {
    await using upstream = await startUpstream()
    let asked = 0
    upstream.answer = (request, response) =>
      asked++ === 1
        ? response.writeHead(302, { location: '/elsewhere' }).end()
        : json({ name: 'x' })(request, response)
    const first = policy('setvaluefromurl', {
      parameterTemplate: "@headers('X-Name')",
      parameterValueUrl: '/first',
      parameterValuePathTemplate: '@body().name',
    })
    const about = definition(upstream.origin, { policies: [first] })
    const received = await spansOf(
      ({ invoker }) => invoker.call(callOf(upstream, { definition: about })),
      upstream,
    )
    expect(upstream.seen.map(({ path }) => path)).toEqual(['/first', '/users/a%2Fb', '/elsewhere'])
    const sent = named(received, 'GET /users/{id}')
    expect(sent.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([
      undefined,
      undefined,
      1,
    ])
  })

  test('an API that cannot be reached, and a call that is never sent', async () => {
    await using upstream = await startUpstream()
    const received = await spansOf(async ({ invoker }) => {
      await failureOf(
        invoker.call(invocation(definition('http://10.0.0.1'), operation({ id: 'Refused', path: '/x' }))),
      )
      await failureOf(invoker.call(invocation(definition(upstream.origin), getUser)))
    }, upstream)
    expect(named(received, 'GET /x')[0]?.attributes['error.type']).toBe('EGRESS_REFUSED')
    expect(named(received, 'demo Refused')[0]?.attributes['error.type']).toBe('EGRESS_REFUSED')
    expect(named(received, 'demo GetUser')[0]?.attributes['error.type']).toBe('ARGUMENT_INVALID')
    expect(received.spans).toHaveLength(3)
  })

  test('no argument and no secret is in what the collector gets, nor a host that was made from one', async () => {
    await using upstream = await startUpstream()
    const received = await spansOf(async ({ invoker }) => {
      await invoker.call(callOf(upstream))
      const failing = async (about: ConnectorDefinition, credential: OpenConnection) =>
        await failureOf(invoker.call(invocation(about, operation(), { connection: credential })))
      const hostOf = { urlTemplate: "https://@connectionParameters('sub').example" }
      await failing(
        definition('https://x.example', { policies: [policy('dynamichosturl', hostOf)] }),
        connection(authentication('CUSTOM'), { sub: 'host-canary' }),
      )
      const header = { name: 'X-Key', value: "@connectionParameters('api_key')\n" }
      await failing(definition(upstream.origin, { policies: [policy('setheader', header)] }), open)
      // What answers there knows no TLS.
      await failing(definition(upstream.origin.replace('http:', 'https:')), open)
    }, upstream)
    expect(received.spans).toHaveLength(7)
    for (const text of ['CANARY', 'host-canary', 'a/b', 'a%2Fb', 'expand', 'mine', 'fixed'])
      expect(received.raw()).not.toContain(text)
  })

  test.each(['is away', 'hangs'])(
    'a collector that %s is in the log, and nothing fails for it',
    async how => {
      await using upstream = await startUpstream()
      upstream.answer = () => {}
      if (how === 'is away') await upstream[Symbol.asyncDispose]()
      const lines: string[] = []
      const tracing = await openTracing(
        { endpoint: upstream.origin, serviceName: 'hub', sampler: 'always_on', samplerRatio: 1 },
        createLogger('info', { write: (line: string) => void lines.push(line) }),
      )
      tracing?.start({ name: 'query', kind: 'server', attributes: {} }, null).end({}, null)
      await tracing?.[Symbol.asyncDispose]()
      expect(lines.join('')).toMatch(/Spans do not reach http:\/\/127\.0\.0\.1:\d+ and are lost/)
    },
    60_000,
  )
})

describe('what is told of an exchange', () => {
  const toldOf = async (call: Invocation, { origin }: UpstreamServer, allowed: readonly string[] = []) => {
    const told: ToldExchange[] = []
    await using opened = openInvoker({ allowPrivate: [origin, ...allowed], clock: impatientClock() })
    const watch = { span: null, tell: (exchange: ToldExchange) => void told.push(exchange) }
    await opened.invoker.call({ ...call, watch }).catch(() => {})
    return told
  }

  test('the request without values, the status, the times in their order, and sizes', async () => {
    await using upstream = await startUpstream()
    const [exchange, ...more] = await toldOf(callOf(upstream), upstream)
    expect(more).toEqual([])
    expect(exchange).toMatchObject({
      method: 'GET',
      url: `${upstream.origin}/users/a%2Fb?fixed=[redacted]&expand=[redacted]&key=[redacted]`,
      status: 200,
      error: null,
      requestBytes: 0,
      responseBytes: 11,
    })
    expect(exchange?.headers).toEqual({
      accept: 'application/json, */*;q=0.8',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': 'Junctor',
      'X-Note': '[redacted]',
    })
    const { sent, firstByte, total } = exchange!.timings
    expect(sent).toBeGreaterThanOrEqual(0)
    expect(firstByte).toBeGreaterThanOrEqual(sent!)
    expect(total).toBeGreaterThanOrEqual(firstByte!)
  })

  test('a secret in the path, however it is spelled', async () => {
    await using upstream = await startUpstream()
    const call = callOf(upstream)
    for (const id of ['sk-CANARY/1', encodeURIComponent('sk-CANARY/1')]) {
      const [exchange] = await toldOf({ ...call, arguments: wire({ path: { id } }) }, upstream)
      expect(new URL(exchange!.url).pathname, id).toBe('/users/[redacted]')
    }
    const spelled = [...'sk-CANARY'].map(letter => `%${letter.charCodeAt(0).toString(16)}`).join('')
    const [exchange] = await toldOf({ ...call, url: `/users/${spelled}%2F1` }, upstream)
    expect(new URL(exchange!.url).pathname).toBe('/users/[redacted]')
  })

  test('a redirect to another origin without the path that the API chose', async () => {
    await using upstream = await startUpstream()
    await using other = await startUpstream()
    upstream.answer = (_request, response) =>
      response.writeHead(302, { location: `${other.origin}/capability?token=CANARY` }).end()
    const told = await toldOf(callOf(upstream), upstream, [other.origin])
    expect(told.map(({ status }) => status)).toEqual([302, 200])
    expect(told[1]?.url).toBe(`${other.origin}/[redacted]?token=[redacted]`)
  })

  test('a failure by its code', async () => {
    await using upstream = await startUpstream()
    upstream.answer = (_request, response) => response.destroy()
    const told = await toldOf(callOf(upstream), upstream)
    expect(told.map(({ status, error }) => [status, error])).toEqual([
      [null, 'UPSTREAM_UNREACHABLE'],
      [null, 'UPSTREAM_UNREACHABLE'],
      [null, 'UPSTREAM_UNREACHABLE'],
    ])
    expect(told[0]?.timings.firstByte).toBeNull()
  })
})

test('bytes are counted by connector and operation, and the series are bounded', async () => {
  await using upstream = await startUpstream()
  await using opened = openInvoker({ allowPrivate: [upstream.origin] })
  const post = operation({
    id: 'Post',
    method: 'POST',
    body: { name: 'body', schema: { type: 'any' }, required: true },
  })
  await opened.invoker.call(
    invocation(definition(upstream.origin), post, { arguments: wire({}, { a: 'é' }) }),
  )
  const text = await opened.metrics.registry.metrics()
  expect(text).toContain('junctor_upstream_request_bytes_total{connector="demo",operation="Post"} 10')
  expect(text).toContain('junctor_upstream_response_bytes_total{connector="demo",operation="Post"} 11')
  for (let index = 0; index < 1_100; index++)
    await opened.invoker
      .call(invocation(definition('http://10.0.0.1', { name: `n${index}` }), operation()))
      .catch(() => {})
  const series = (await opened.metrics.upstreamCalls.get()).values.filter(({ metricName }) =>
    metricName?.endsWith('_count'),
  )
  expect(series).toHaveLength(1_001)
  expect(series.find(({ labels }) => labels.connector === 'other')?.value).toBe(101)
})
