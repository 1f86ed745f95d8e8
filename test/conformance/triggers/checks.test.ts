// Do the checks of a trigger's life see what they are for? Right ones, and each way to spoil them.
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/json.ts'
import { declaredOperations } from '../calls/declared-operation.ts'
import type { Outcome } from '../calls/graph.ts'
import type { PackageText } from '../calls/package-text.ts'
import type { ReceivedRequest } from '../calls/received-request.ts'
import { declaredTrigger, placed, without } from './declared-trigger.ts'
import { checkFollowed, standing } from './drive.ts'
import { onlyTold } from './drive-protocol.ts'
import { createSubscriber } from './subscriber.ts'
import type { FeedRow } from './world.ts'

const location = new URL('https://api.example.com/poll?triggerState=a%20b')
const first: ReceivedRequest = {
  method: 'GET',
  target: '/items?key=canary0value',
  headers: { 'x-key': 'canary1value', authorization: 'Basic YTpi', accept: '*/*' },
  body: Buffer.alloc(0),
}
const later: ReceivedRequest = {
  method: 'GET',
  target: '/poll?triggerState=a+b&key=canary0value',
  headers: { ...first.headers, 'x-forwarded-host': 'api.example.com' },
  body: Buffer.alloc(0),
}

function kindsOf(spoilt: Partial<ReceivedRequest>): readonly string[] {
  const drive = {
    standIn: { received: () => [{ ...later, ...spoilt }] },
    connection: { secrets: ['canary0value', 'canary1value'] },
  }
  return checkFollowed(drive, first, 'GET', location).map(({ kind }) => kind)
}

test('a followed address: right, and spoilt one way after the other', () => {
  expect(kindsOf({})).toEqual([])
  expect(kindsOf({ method: 'POST' })).toEqual(['method'])
  expect(kindsOf({ target: later.target.replace('/poll', '/items') })).toEqual(['path'])
  expect(kindsOf({ target: later.target.replace('a+b', 'b') })).toEqual(['state'])
  expect(kindsOf({ target: '/poll?triggerState=a+b' })).toEqual(['credential'])
  expect(kindsOf({ headers: { ...later.headers, 'x-forwarded-host': 'evil.example' } })).toEqual(['host'])
  expect(kindsOf({ headers: { ...later.headers, authorization: undefined } })).toEqual(['credential'])
  expect(kindsOf({ headers: { ...later.headers, 'x-key': 'other' } })).toEqual(['credential'])
})

const event = { id: 'e1', cursor: 'c1', time: '2026-01-01T00:00:00Z', data: { wire_name: 1 } }

async function told(...outcomes: readonly Outcome[]): Promise<readonly string[]> {
  async function* events(): AsyncGenerator<Outcome> {
    yield* outcomes
  }
  const subscriber = createSubscriber('demo_onThing', null, events())
  return (await subscriber.told({ wire_name: 1 })).map(({ kind }) => kind)
}

test('an event: right, and spoilt one way after the other', async () => {
  const of = (spoilt: JsonObject): Outcome => ({
    data: { demo_onThing: { ...event, ...spoilt } },
    errors: [],
  })
  expect(await told(of({}))).toEqual([])
  expect(await told(of({ data: { wire_name: 2 } }))).toEqual(['data differs'])
  expect(await told(of({ data: null }))).toEqual(['data differs'])
  expect(await told(of({ id: null }))).toEqual(['no id'])
  expect(await told(of({ cursor: '' }))).toEqual(['no cursor'])
  expect(await told({ data: null, errors: [{ code: 'INTERNAL', message: 'no' }] })).toEqual([
    'error INTERNAL',
  ])
  expect(await told()).toEqual(['the stream ended'])
})

test('a feed that is not well, and one that told more or less', () => {
  const feed = { status: 'ACTIVE', statusReason: null, lastSequence: 2 } as FeedRow
  expect(standing(feed)).toEqual([])
  expect(standing({ ...feed, status: 'FAILING' })).toHaveLength(1)
  expect(onlyTold(feed, 2)).toEqual([])
  expect(onlyTold(feed, 1)).toHaveLength(1)
})

test('what is declared: webhooks by their callback, policies by name, all else by protocol', () => {
  const trigger = { operationId: 'T', 'x-ms-trigger': 'batch', responses: { 200: { schema: list } } }
  const paths = {
    '/hook': {
      'x-ms-notification-content': { schema: { type: 'integer' } },
      post: {
        operationId: 'Hook',
        'x-ms-trigger': 'single',
        parameters: [{ in: 'body', name: 'body', schema: nested }],
      },
    },
    '/policy': { get: { ...trigger, operationId: 'Policy' } },
    '/protocol': { get: { ...trigger, operationId: 'Protocol' } },
    '/plain': { get: { operationId: 'Plain' } },
  }
  const policy = {
    templateId: 'pollingtrigger',
    parameters: {
      'x-ms-apimTemplate-operationName': ['policy'],
      'x-ms-apimTemplateParameter.triggerConfig': { since: '@{triggerBody().items[0].id}', '': '1' },
      'x-ms-apimTemplateParameter.triggerDataPath': '@triggerBody().items',
    },
  }
  const text: PackageText = {
    document: { paths },
    properties: { policyTemplateInstances: [policy] },
    hasScript: false,
  }
  const operations = declaredOperations(text.document)
  const of = (id: string) => declaredTrigger(text, operations.get(id)!)
  expect(of('Hook')).toEqual({
    kind: 'webhook',
    callbackPaths: [['outer', 'url']],
    notification: { type: 'integer' },
  })
  expect(of('Policy')).toEqual({
    kind: 'policy',
    batch: true,
    itemsPath: ['items'],
    state: { since: '@{triggerBody().items[0].id}' },
  })
  expect(of('Protocol')).toEqual({ kind: 'protocol', batch: true, itemsPath: ['things'], state: {} })
  expect(of('Plain')).toBeNull()
})

const list = {
  type: 'object',
  properties: { things: { type: 'array', items: {} }, count: { type: 'integer' } },
}
const nested = {
  type: 'object',
  properties: {
    outer: { type: 'object', properties: { url: { type: 'string', 'x-ms-notification-url': true } } },
  },
}

test('a callback is placed and taken out', () => {
  expect(placed({ a: 1 }, ['outer', 'url'], 'URL')).toEqual({ a: 1, outer: { url: 'URL' } })
  expect(without({ a: 1, outer: { url: 'URL', b: 2 } }, ['outer', 'url'])).toEqual({ a: 1, outer: { b: 2 } })
})
