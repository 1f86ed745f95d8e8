// An integer beyond 2^53 in variables reaches the API digit by digit, whichever transport brought it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { type HubClient, signUp } from '../harness/client.ts'
import { type Hub, startHub } from '../harness/hub.ts'
import { json, startUpstream, type UpstreamServer } from '../invocation/upstream-server.ts'

const parameters = [
  { name: 'id', in: 'query', type: 'integer', format: 'int64' },
  { name: 'share', in: 'query', type: 'number', format: 'double' },
  { name: 'name', in: 'query', type: 'string' },
  {
    name: 'more',
    in: 'body',
    schema: {
      type: 'object',
      properties: {
        ids: { type: 'array', items: { type: 'integer', format: 'int64' } },
        weight: { type: 'number', format: 'double' },
        any: {},
      },
    },
  },
]
const document = JSON.stringify({
  swagger: '2.0',
  info: { title: 'Things', version: '1' },
  host: 'api.example.com',
  schemes: ['https'],
  paths: {
    '/things': {
      post: {
        operationId: 'Put',
        parameters,
        responses: { 200: { description: 'OK', schema: { type: 'string' } } },
      },
    },
  },
})
const query =
  'mutation M($id: BigInt, $share: Float, $more: things_PutInput) { things_put(id: $id, share: $share, input: $more) }'
const variables =
  '{"id":9007199254740993,"share":12345678901234567890,"more":{"ids":[-9223372036854775808,7],"weight":100000000000000000000,"any":{"deep":[18446744073709551615]}}}'
const arrived =
  '{"ids":[-9223372036854775808,7],"weight":100000000000000000000,"any":{"deep":[18446744073709551615]}}'

let upstream: UpstreamServer
let hub: Hub
let ada: HubClient
beforeAll(async () => {
  upstream = await startUpstream()
  upstream.answer = json('done')
  hub = await startHub({
    env: {
      JUNCTOR_ORIGINS: `https://api.example.com=${upstream.origin}`,
      JUNCTOR_ALLOW_PRIVATE: upstream.origin,
    },
  })
  ada = await signUp(hub.url)
  await ada.query(
    'mutation ($document: String!) { importConnector(input: { name: "things", document: $document }) { connector { status } } }',
    { document },
  )
}, 60_000)
beforeEach(() => {
  upstream.seen.length = 0
})
afterAll(async () => {
  await hub[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

function expectExact(): void {
  const [request] = upstream.seen
  expect(request?.query.get('id')).toBe('9007199254740993')
  expect(Number(request?.query.get('share'))).toBe(12_345_678_901_234_567_000)
  expect(request?.body.toString()).toBe(arrived)
}

describe('integers beyond 2^53', () => {
  const body = `{"query":${JSON.stringify(query)},"variables":${variables}}`
  const post = (accept: string) =>
    fetch(`${hub.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...ada.headers },
      body,
    })

  test('over HTTP, the first time and the next', async () => {
    for (const _time of [1, 2]) {
      upstream.seen.length = 0
      expect(await (await post('application/json')).json()).toEqual({ data: { things_put: 'done' } })
      expectExact()
    }
  })

  test('over server-sent events', async () => {
    expect(await (await post('text/event-stream')).text()).toContain('"done"')
    expectExact()
  })

  test('over a WebSocket', async () => {
    const socket = new WebSocket(`${hub.url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws')
    const message = () =>
      new Promise<string>(resolve => socket.once('message', data => resolve(String(data))))
    await new Promise(resolve => socket.once('open', resolve))
    const acknowledged = message()
    socket.send(JSON.stringify({ type: 'connection_init', payload: ada.headers }))
    expect(await acknowledged).toContain('connection_ack')
    const next = message()
    socket.send(`{"id":"1","type":"subscribe","payload":${body}}`)
    expect(await next).toContain('"done"')
    socket.close()
    expectExact()
  })

  test('where graphql-js takes no such number, its error names the variable', async () => {
    const answer = await ada.answer('query Q($first: Int) { connectors(first: $first) { totalCount } }', {
      first: 12_345_678_901_234_567_000,
    })
    expect(answer.errors?.[0]?.message).toMatch(/Variable "\$first" got invalid value 12345678901234567000/)
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_INPUT')
  })
})
