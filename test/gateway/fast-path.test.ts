// The short way answers what Apollo Server answers: drawn requests, each sent so that it takes the short way where it
// can, and again so that it does not.
import fc from 'fast-check'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RequestContext } from '../../src/gateway/context.ts'
import { createFastPath } from '../../src/gateway/http/fast-path.ts'
import { parseJson } from '../../src/json.ts'
import { type HubClient, signUp } from '../harness/client.ts'
import { type Hub, startHub } from '../harness/hub.ts'
import { startUpstream, type UpstreamServer } from '../invocation/upstream-server.ts'

const responses = {
  200: {
    description: 'OK',
    schema: {
      type: 'object',
      properties: {
        id: { type: 'integer', format: 'int64' },
        title: { type: 'string' },
        parts: { type: 'array', items: { type: 'string' } },
      },
    },
  },
}
const id = { name: 'id', in: 'path', required: true, type: 'integer', format: 'int32' }
const document = JSON.stringify({
  swagger: '2.0',
  info: { title: 'Things', version: '1' },
  host: 'api.example.com',
  schemes: ['https'],
  paths: {
    '/things/{id}': {
      get: { operationId: 'GetThing', parameters: [id], responses },
      post: { operationId: 'MakeThing', parameters: [id], responses },
    },
  },
})

/** Says the same each time: of some ids a thing, of others an error. */
function answerOf(path: string): [status: number, body: string] {
  const number = Number(path.split('/').at(-1))
  if (number % 3 === 1) return [404, '{"error":"There is no such thing."}']
  if (number % 3 === 2) return [200, '{"id":']
  return [200, `{"id":9007199254740993,"title":"Thing ${number}","parts":["a",null]}`]
}

let upstream: UpstreamServer
let hub: Hub
let ada: HubClient
beforeAll(async () => {
  upstream = await startUpstream()
  upstream.answer = (request, response) => {
    const [status, body] = answerOf(request.path)
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }
  hub = await startHub({
    env: {
      JUNCTOR_ORIGINS: `https://api.example.com=${upstream.origin}`,
      JUNCTOR_ALLOW_PRIVATE: upstream.origin,
      JUNCTOR_CALL_RATES: '0,0',
    },
  })
  ada = await signUp(hub.url)
  await ada.query(
    'mutation ($document: String!) { importConnector(input: { name: "things", document: $document }) { connector { status } } }',
    { document },
  )
}, 60_000)
afterAll(async () => {
  await hub[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const documents = [
  '{ things_getThing(id: 3) { id title parts } }',
  '{ a: things_getThing(id: 3) { id } b: things_getThing(id: 4) { id } c: things_getThing(id: 5) { id } }',
  'query Q($id: Int!) { things_getThing(id: $id) { id title __typename } }',
  'query Q($id: Int!, $all: Boolean = true) { things_getThing(id: $id) { id title @include(if: $all) } }',
  'query A { things_getThing(id: 6) { id } } query B { things_getThing(id: 7) { id } }',
  'mutation M($id: Int!) { things_makeThing(id: $id) { title } }',
  '{ things_getThing(id: 3) { id nothing } }',
  '{ viewer { email } things_getThing(id: 3) { id } }',
  'subscription { things_onNothing { id } }',
  '{ things_getThing(id: 3) { id }',
]
const asked = fc.record(
  {
    query: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...documents) },
      { weight: 1, arbitrary: fc.constantFrom('', null, 7) },
    ),
    operationName: fc.constantFrom(null, 'Q', 'A', 'B', 'M', 'none', '', 3),
    variables: fc.oneof(
      fc.record(
        { id: fc.constantFrom(3, 4, 5, 1, '3', 3.5, null), all: fc.constantFrom(true, false, 'yes', null) },
        { requiredKeys: [] },
      ),
      fc.constantFrom(null, 'x', []),
    ),
    extensions: fc.constantFrom(
      null,
      {},
      { trace: true },
      { trace: 'yes' },
      { persistedQuery: { version: 1, sha256Hash: 'x' } },
      [],
    ),
  },
  { requiredKeys: ['query'] },
)
const headers = fc.record(
  {
    'x-api-key': fc.constantFrom('mine', 'mine', 'mine', 'wrong'),
    'x-junctor-trace': fc.constantFrom('1', '0'),
    'content-type': fc.constantFrom(
      'application/json',
      'application/json; charset=utf-8',
      'Application/JSON',
      'text/plain',
    ),
  },
  { requiredKeys: ['content-type'] },
)

describe('the short way', () => {
  test('answers to the letter what Apollo Server does', async () => {
    const ask = async (body: unknown, given: Readonly<Record<string, string>>, accept: string) => {
      const key = given['x-api-key'] === 'mine' ? ada.headers : {}
      const response = await fetch(`${hub.url}/graphql`, {
        method: 'POST',
        headers: { ...given, ...key, accept },
        body: JSON.stringify(body),
      })
      return {
        status: response.status,
        headers: ['content-type', 'cache-control'].map(name => response.headers.get(name)),
        answer: readAnswer(await response.text()),
      }
    }
    let traced = 0
    await fc.assert(
      fc.asyncProperty(asked, headers, async (body, given) => {
        // Apollo knows a document from the first time on.
        await ask(body, given, longWay)
        const [long, short] = [await ask(body, given, longWay), await ask(body, given, 'application/json')]
        expect(short).toEqual(long)
        if (short.answer.extensions) traced++
      }),
      { numRuns: 300 },
    )
    expect(traced).toBeGreaterThan(0)
  }, 120_000)

  test.each([
    ['a known document', {}, {}, true],
    ['with a name', {}, { operationName: 'Q' }, true],
    ['with variables', {}, { variables: { id: 3 } }, true],
    ['for whoever takes anything', { accept: '*/*' }, {}, true],
    ['that was never asked', {}, { query: '{ other }' }, false],
    ['as a list of requests', {}, [{ query: '{ known }' }], false],
    ['as a persisted query', {}, { extensions: { persistedQuery: { version: 1 } } }, false],
    ['with variables that are none', {}, { variables: 'x' }, false],
    ['for whoever takes another type', { accept: 'application/graphql-response+json' }, {}, false],
    ['as text, which a foreign page may send', { 'content-type': 'text/plain' }, {}, false],
    ['by GET', { method: 'GET' }, {}, false],
  ])(
    '%s is taken: %#',
    async (_what, { method = 'POST', ...given }: Readonly<Record<string, string>>, body, taken) => {
      const fast = createFastPath({
        executor: { compiled: () => async () => ({ data: { known: 1 } }) },
        documentOf: text => (text === '{ known }' ? parse(text) : undefined),
      })
      const request = {
        method,
        headers: { 'content-type': 'application/json', ...given },
        body: Array.isArray(body) ? body : { query: '{ known }', ...body },
      } as unknown as FastifyRequest
      const reply = { code: () => reply, header: () => reply } as unknown as FastifyReply
      const context = { asked: { traceparent: null, trace: false } } as RequestContext
      expect(await fast(request, reply, async () => context)).toBe(taken ? '{"data":{"known":1}}' : null)
    },
  )
})

/** Asks for JSON in words that only a parser of media types takes for that. */
const longWay = 'application/json;q=0.9'

/** As a client reads it: fields that run together fail in any order, and how long a call took is another figure. */
function readAnswer(text: string) {
  const answer = parseJson(text.replace(/"timings":\{[^}]*\}/g, '"timings":{}')) as unknown as {
    readonly errors?: readonly object[]
    readonly extensions?: object
  }
  return { ...answer, errors: new Set(answer.errors) }
}
