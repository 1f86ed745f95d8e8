// Leak canaries on the ways of failing that no answer of the API leads to: no secret in response, log line or metric.

import { once } from 'node:events'
import { createServer as createPlainServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { OpenConnection } from '../../src/connections/index.ts'
import type { PolicyInstance } from '../../src/definition/index.ts'
import type { InvokerOptions } from '../../src/invocation/index.ts'
import { canaryConnections, leaksIn, shownOf } from './canaries.ts'
import { authentication, connection, definition, invocation, operation, policy } from './definitions.ts'
import { failureOf, handClock, impatientClock, openInvoker } from './open-invoker.ts'
import { type Answer, json, startUpstream } from './upstream-server.ts'

interface Way {
  readonly code: string
  readonly answer?: Answer
  readonly options?: Partial<InvokerOptions>
  readonly policies?: readonly PolicyInstance[]
  /** Calls before the one that fails as said. */
  readonly before?: number
  readonly baseUrl?: string
}

const status =
  (code: number): Answer =>
  (_request, response) =>
    response.writeHead(code).end()
const never = { resolve: () => new Promise<never>(() => {}) }
const nobody = { resolve: async () => [] }
const everyCredential = policy('setheader', {
  name: 'X-Again',
  value:
    "@connectionParameters('api_key','')@connectionParameters('token','')@connectionParameters('password','')",
})

const ways: Readonly<Record<string, Way>> = {
  'a circuit that is open': { code: 'CIRCUIT_OPEN', answer: status(503), before: 10 },
  'a rate limit': {
    code: 'RATE_LIMITED',
    options: { rates: { connection: 1, connector: 0 }, clock: handClock() },
    before: 1,
  },
  'a name that is not resolved in time': {
    code: 'UPSTREAM_TIMEOUT',
    baseUrl: 'https://slow.example',
    options: { ...never, limits: { connectMs: 20 } },
  },
  'headers too late': { code: 'UPSTREAM_TIMEOUT', answer: () => {}, options: { limits: { headersMs: 20 } } },
  'a body too late': {
    code: 'UPSTREAM_TIMEOUT',
    answer: (request, response) => void response.writeHead(200).write(request.target),
    options: { limits: { bodyIdleMs: 20 } },
  },
  'the whole call too long': {
    code: 'UPSTREAM_TIMEOUT',
    answer: () => {},
    options: { limits: { totalMs: 20 } },
  },
  'no such name': { code: 'UPSTREAM_UNREACHABLE', baseUrl: 'https://gone.example', options: nobody },
  'a redirect that repeats the request': {
    code: 'EGRESS_REFUSED',
    answer: (request, response) =>
      response.writeHead(302, { location: `ftp://x.example${request.target}` }).end(),
  },
  'redirects without end': {
    code: 'UPSTREAM_INVALID',
    answer: (request, response) => response.writeHead(302, { location: request.target }).end(),
  },
  'JSON that is broken': {
    code: 'UPSTREAM_INVALID',
    answer: (request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(`${JSON.stringify([request.target, request.headers])}}`),
  },
  'a policy whose call on the way answers nothing': {
    code: 'UPSTREAM_INVALID',
    answer: (request, response) =>
      json({ echo: request.target, headers: request.headers })(request, response),
    policies: [
      policy('setvaluefromurl', {
        parameterTemplate: "@headers('X-Token')",
        parameterValueUrl: '/token',
        parameterValuePathTemplate: '@body().token',
      }),
    ],
  },
  'a policy whose call on the way fails': {
    code: 'UPSTREAM_ERROR',
    answer: (request, response) =>
      json({ echo: request.target, headers: request.headers }, 500)(request, response),
    policies: [
      policy('setvaluefromurl', {
        parameterTemplate: "@headers('X-Token')",
        parameterValueUrl: '/token',
        parameterValuePathTemplate: '@body().token',
      }),
    ],
  },
}

describe.each(Object.entries(ways))('%s', (_what, way) => {
  test.concurrent.each(Object.entries(canaryConnections))(
    '%s: in no response, log line or metric',
    async (_kind, open) => {
      await using upstream = await startUpstream()
      await using opened = openInvoker({
        allowPrivate: [upstream.origin],
        clock: impatientClock(),
        ...way.options,
      })
      upstream.answer = way.answer ?? json({})
      const about = definition(way.baseUrl ?? upstream.origin, {
        policies: [...(way.policies ?? []), everyCredential],
      })
      const call = (method: 'GET' | 'POST') =>
        opened.invoker.call(invocation(about, operation({ method }), { connection: open }))
      for (let made = 0; made < (way.before ?? 0); made++) await call('POST').catch(() => {})
      // What waits for its turn waits in vain: the clock stands.
      if (way.code === 'RATE_LIMITED') for (let more = 0; more < 5; more++) call('POST').catch(() => {})
      const error = await failureOf(call('GET'))
      expect(error.code).toBe(way.code)
      expect(leaksIn(await shownOf(error, opened))).toEqual([])
    },
  )
})

describe('a secret that makes the host', () => {
  const host = 'secret-canary.example'
  const open: OpenConnection = connection(authentication('CUSTOM'), { sub: 'secret-canary' })
  const byPolicy = (port: string) => [
    policy('dynamichosturl', { urlTemplate: `https://@connectionParameters('sub').example${port}` }),
  ]
  const shown = async (options: Partial<InvokerOptions>, port = '') => {
    await using opened = openInvoker({ clock: impatientClock(), ...options })
    const about = definition('https://x.example', { policies: byPolicy(port) })
    const call = () =>
      opened.invoker.call(invocation(about, operation({ method: 'POST' }), { connection: open }))
    const codes = new Set<string>()
    const texts: string[] = []
    for (let made = 0; made < 11; made++) {
      const error = await failureOf(call())
      codes.add(error.code)
      texts.push(await shownOf(error, opened))
    }
    const leaks = texts.join('\n').match(/.*secret-canary.*/gi)
    return { codes: [...codes], leaks }
  }

  test('and is not resolved, or not in time: also where the circuit opens', async () => {
    const gone = await shown({
      resolve: async name => {
        throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', hostname: name })
      },
    })
    expect(gone.codes).toEqual(['UPSTREAM_UNREACHABLE', 'CIRCUIT_OPEN'])
    expect(gone.leaks).toBeNull()
    const slow = await shown({ ...never, limits: { connectMs: 5 } })
    expect(slow.codes).toEqual(['UPSTREAM_TIMEOUT', 'CIRCUIT_OPEN'])
    expect(slow.leaks).toBeNull()
  })

  test('and is private', async () => {
    const refused = await shown({ resolve: async () => [{ address: '127.0.0.1', family: 4 }] })
    expect(refused.codes).toEqual(['EGRESS_REFUSED'])
    expect(refused.leaks).toBeNull()
  })

  test('and speaks no TLS', async () => {
    const server = createPlainServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const broken = await shown(
      {
        allowPrivate: [`https://${host}:${port}`],
        resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      },
      `:${port}`,
    )
    server.close()
    expect(broken.codes).toEqual(['UPSTREAM_UNREACHABLE', 'CIRCUIT_OPEN'])
    expect(broken.leaks).toBeNull()
  })
})
