// A webhook action (call, then wait for one callback), from outside: the mutation gives a feed, and the subscription of
// the same name its one event, typed, now or later.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { signUp } from '../harness/client.ts'
import { startHub } from '../harness/hub.ts'

const document = JSON.stringify({
  swagger: '2.0',
  info: { title: 'Approvals', version: '1' },
  host: 'approvals.invalid',
  paths: {
    '/approvals': {
      'x-ms-notification-content': {
        schema: { type: 'object', properties: { approved: { type: 'boolean' } } },
      },
      post: {
        operationId: 'AskAndWait',
        parameters: [
          {
            name: 'body',
            in: 'body',
            required: true,
            schema: {
              type: 'object',
              required: ['question', 'callbackUrl'],
              properties: {
                question: { type: 'string' },
                callbackUrl: {
                  type: 'string',
                  'x-ms-notification-url': true,
                  'x-ms-visibility': 'internal',
                },
              },
            },
          },
        ],
        responses: { 202: { description: 'asked' } },
      },
    },
  },
})

interface Imported {
  readonly importConnector: {
    readonly connector: {
      readonly status: string
      readonly operations: {
        readonly nodes: readonly {
          readonly field: string
          readonly kind: string
          readonly trigger: string | null
        }[]
      }
    }
  }
}

interface Asked {
  readonly approvals_askAndWait: { readonly id: string; readonly field: string; readonly status: string }
}
interface Answered {
  readonly approvals_askAndWait: {
    readonly id: string
    readonly cursor: string
    readonly data: { readonly approved: boolean }
    readonly feed: { readonly status: string }
  }
}

/** An API that remembers who asked what, and where the answer is to go. */
async function startApprovals() {
  const questions: { question: string; callbackUrl: string }[] = []
  const server = createServer(async (request, response) => {
    questions.push((await json(request)) as (typeof questions)[number])
    response.writeHead(202).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, questions, [Symbol.dispose]: () => void server.close() }
}

const ask = 'mutation { approvals_askAndWait(input: { question: "May I?" }) { id field status } }'
const answer = `subscription ($feed: ID!, $after: String) {
  approvals_askAndWait(feed: $feed, after: $after) { id cursor data { approved } feed { status } }
}`

test('a mutation gives a feed, and its answer is a typed event for those who may see it', async () => {
  using approvals = await startApprovals()
  await using hub = await startHub({
    env: {
      JUNCTOR_SIGNUP: 'open',
      JUNCTOR_ORIGINS: `https://approvals.invalid=${approvals.origin}`,
      JUNCTOR_ALLOW_PRIVATE: approvals.origin,
    },
  })
  const ada = await signUp(hub.url)
  const { importConnector } = await ada.query<Imported>(
    `mutation ($document: String!) {
      importConnector(input: { name: "approvals", document: $document }) {
        connector { status operations { nodes { field kind trigger } } }
      }
    }`,
    { document },
  )
  expect(importConnector.connector).toMatchObject({
    status: 'READY',
    operations: { nodes: [{ field: 'approvals_askAndWait', kind: 'ACTION', trigger: null }] },
  })

  const { approvals_askAndWait: feed } = await ada.query<Asked>(ask)
  expect(feed).toMatchObject({ field: 'approvals_askAndWait', status: 'ACTIVE' })
  expect(approvals.questions).toMatchObject([{ question: 'May I?' }])
  await using early = ada.subscribe<Answered>(answer, { feed: feed.id })
  const arriving = early.next()
  const callback = approvals.questions[0]?.callbackUrl ?? ''
  const called = await fetch(callback, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"approved":true}',
  })
  expect(called.status).toBe(202)
  const { approvals_askAndWait: event } = await arriving
  expect(event).toMatchObject({ data: { approved: true }, feed: { status: 'ENDED' } })
  await expect(early.next()).rejects.toThrow('The subscription ended.')
  await using late = ada.subscribe<Answered>(answer, { feed: feed.id })
  expect((await late.next()).approvals_askAndWait).toEqual(event)
  await using untyped = ada.subscribe<{ feedEvents: { data: unknown } }>(
    'subscription ($feed: ID!) { feedEvents(feed: $feed) { data } }',
    { feed: feed.id },
  )
  expect((await untyped.next()).feedEvents.data).toEqual({ approved: true })
  expect(approvals.questions).toHaveLength(1)

  const bob = await signUp(hub.url, 'bob@example.com')
  await using strange = bob.subscribe(answer, { feed: feed.id })
  await expect(strange.next()).rejects.toThrow()
  await using other = ada.subscribe(answer, { feed: '018f0000-0000-7000-8000-000000000000' })
  await expect(other.next()).rejects.toThrow('FEED_NOT_FOUND')
  const refused = await ada.answer(
    'mutation { createFeed(input: { field: "approvals_askAndWait", arguments: {} }) { id } }',
  )
  expect(refused.errors?.[0]?.extensions.code).toBe('BAD_INPUT')

  const subgraph = await fetch(`${hub.url}/graphql/approvals`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...ada.headers },
    body: JSON.stringify({
      query: 'mutation { approvals_askAndWait(input: { question: "Again?" }) { id } }',
    }),
  })
  expect(await subgraph.json()).toEqual({
    data: { approvals_askAndWait: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) } },
  })
  expect(approvals.questions).toHaveLength(2)
})
