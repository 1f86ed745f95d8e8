// Every handshake: its provider's question is answered as that wants it, and nothing else is taken for one.
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { secret } from '../../../src/secret.ts'
import { type Delivery, openDelivery } from '../../../src/triggers/webhook/delivery.ts'
import {
  type HandshakeAnswer,
  handshakes,
  handshakesOf,
} from '../../../src/triggers/webhook/handshakes/index.ts'

interface Question {
  readonly name: string
  readonly source: string
  readonly request: Partial<Omit<Delivery, 'body'>> & { readonly body?: string }
  readonly answer: HandshakeAnswer
  /** The same request with another text to reflect. */
  readonly reflecting: (text: string) => Question['request']
  /** The body that is answered to that, `refused`, or null where it is no such question; the text itself where absent. */
  readonly told?: (text: string) => string | null
}

const json = { 'content-type': 'application/json' }

const rfc4231 = {
  key: 'Jefe',
  data: 'what do ya want for nothing?',
  sha256: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
}
const digest = (text: string) => createHmac('sha256', rfc4231.key).update(text).digest()

const questions: readonly Question[] = [
  {
    name: 'slack',
    source: 'https://docs.slack.dev/reference/events/url_verification',
    request: {
      headers: json,
      body: '{"token":"Jhj5dZrVaK7ZwHHjRyZWjbDl","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}',
    },
    answer: { status: 200, headers: {}, body: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P' },
    reflecting: text => ({
      headers: json,
      body: JSON.stringify({ type: 'url_verification', token: 't', challenge: text }),
    }),
  },
  {
    name: 'microsoft-graph',
    source: 'https://learn.microsoft.com/graph/change-notifications-delivery-webhooks',
    request: {
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      query: {
        validationToken:
          'Validation: Testing client application reachability for subscription Request-Id: 522a8e7e',
      },
    },
    answer: {
      status: 200,
      headers: {},
      body: 'Validation: Testing client application reachability for subscription Request-Id: 522a8e7e',
    },
    reflecting: text => ({ query: { validationToken: text } }),
  },
  {
    name: 'meta',
    source: 'https://developers.facebook.com/docs/graph-api/webhooks/getting-started',
    request: {
      method: 'GET',
      query: { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': 'meatyhamhock' },
    },
    answer: { status: 200, headers: {}, body: '1158201444' },
    reflecting: text => ({
      method: 'GET',
      query: { 'hub.mode': 'subscribe', 'hub.challenge': text, 'hub.verify_token': 'meatyhamhock' },
    }),
  },
  {
    name: 'zoom',
    source: 'https://developers.zoom.us/docs/api/webhooks, with RFC 4231, test case 2',
    request: {
      headers: json,
      body: `{"payload":{"plainToken":"${rfc4231.data}"},"event_ts":1654503849680,"event":"endpoint.url_validation"}`,
    },
    answer: {
      status: 200,
      headers: json,
      body: `{"plainToken":"${rfc4231.data}","encryptedToken":"${rfc4231.sha256}"}`,
    },
    reflecting: text => ({
      headers: json,
      body: JSON.stringify({ event: 'endpoint.url_validation', payload: { plainToken: text } }),
    }),
    told: text =>
      text.includes(':')
        ? 'refused'
        : JSON.stringify({ plainToken: text, encryptedToken: digest(text).toString('hex') }),
  },
  {
    name: 'x',
    source: 'https://docs.x.com/x-api/webhooks, with RFC 4231, test case 2',
    request: { method: 'GET', query: { crc_token: rfc4231.data } },
    answer: {
      status: 200,
      headers: json,
      body: `{"response_token":"sha256=${Buffer.from(rfc4231.sha256, 'hex').toString('base64')}"}`,
    },
    reflecting: text => ({ method: 'GET', query: { crc_token: text } }),
    told: text =>
      text.includes('{')
        ? 'refused'
        : JSON.stringify({ response_token: `sha256=${digest(text).toString('base64')}` }),
  },
  {
    name: 'azure-event-grid',
    source: 'https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema',
    request: {
      headers: { ...json, 'aeg-event-type': 'SubscriptionValidation' },
      body: '[{"id":"2d1781af-3a4c-4d7c-bd0c-e34b19da4e66","topic":"/subscriptions/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx","subject":"","data":{"validationCode":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6","validationUrl":"https://rp-eastus2.eventgrid.azure.net:553/eventsubscriptions/myeventsub/validate?id=0000000000-0000-0000-0000-00000000000000&t=2022-10-28T04:23:35.1981776Z&apiVersion=2018-05-01-preview&token=1A1A1A1A"},"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2022-10-28T04:23:35.1981776Z","metadataVersion":"1","dataVersion":"1"}]',
    },
    answer: {
      status: 200,
      headers: json,
      body: '{"validationResponse":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}',
    },
    reflecting: text => ({
      headers: { ...json, 'aeg-event-type': 'SubscriptionValidation' },
      body: JSON.stringify([
        {
          eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
          data: { validationCode: text },
        },
      ]),
    }),
    told: text => JSON.stringify({ validationResponse: text }),
  },
  {
    name: 'cloudevents',
    source: 'https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md',
    request: {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventemitter.example.com', 'webhook-request-rate': '120' },
    },
    answer: {
      status: 200,
      headers: {
        allow: 'GET, HEAD, OPTIONS, POST, PUT',
        'webhook-allowed-origin': 'eventemitter.example.com',
        'webhook-allowed-rate': '*',
      },
      body: '',
    },
    reflecting: text => ({ method: 'OPTIONS', headers: { 'webhook-request-origin': text } }),
  },
  {
    name: 'hook-secret',
    source: 'https://developers.asana.com/docs/webhooks-guide',
    request: { headers: { ...json, 'x-hook-secret': 'b537207f20cbfa02357cf448134da559' }, body: '{}' },
    answer: {
      status: 200,
      headers: { 'x-hook-secret': 'b537207f20cbfa02357cf448134da559' },
      body: '',
      remember: secret('b537207f20cbfa02357cf448134da559'),
    },
    reflecting: text => ({ headers: { 'x-hook-secret': text } }),
  },
]

const keys = {
  verifyTokens: [secret('earlier'), secret('meatyhamhock')],
  secrets: [secret(rfc4231.key), secret('earlier')],
}

function opened({ body = '', ...request }: Question['request']) {
  return openDelivery({
    token: '',
    method: 'POST',
    headers: {},
    query: {},
    ...request,
    body: Buffer.from(body),
  })
}

const named = (name: string) => {
  const found = handshakes.find(each => each.name === name)
  if (!found) throw new Error(`no handshake ${name}`)
  return found
}

test('there is a question for every handshake', () => {
  expect(questions.map(({ name }) => name)).toEqual(handshakes.map(({ name }) => name))
})

describe.each(questions)('$name ($source)', question => {
  const handshake = named(question.name)

  test('is answered as its provider wants it', () => {
    const answer = handshake.answer(opened(question.request), keys)
    expect(answer).toEqual(question.answer)
    expect(answer).toHaveProperty('status', 200)
    if (question.answer.remember && answer !== 'refused')
      expect(answer?.remember?.reveal()).toBe(question.answer.remember.reveal())
  })

  test('the others take it for none of theirs', () => {
    for (const other of handshakes.filter(each => each !== handshake))
      expect(other.answer(opened(question.request), keys)).toBeNull()
  })

  test('whatever it reflects is what was asked, and nothing long', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 3000 }), text => {
        const answer = handshake.answer(opened(question.reflecting(text)), keys)
        if (text.length > 2048) expect([null, 'refused']).toContain(answer)
        else if (question.told)
          expect(answer && answer !== 'refused' ? answer.body : answer).toBe(question.told(text))
        else expect([text, '']).toContain(answer && answer !== 'refused' ? answer.body : null)
      }),
    )
  })

  test('an event is never taken for a question', () => {
    const event = { headers: json, body: '{"id":1,"type":"url_verification_done"}' }
    expect(handshake.answer(opened(event), keys)).toBeNull()
    expect(handshake.answer(opened({ ...event, query: { validationToken: 'a' } }), keys)).toBeNull()
    expect(handshake.answer(opened({ ...event, headers: { 'x-hook-secret': 'a' } }), keys)).toBeNull()
    const grid = '[{"eventType":"Microsoft.Storage.BlobCreated","data":{"validationCode":"a"}}]'
    for (const kind of ['SubscriptionValidation', 'Notification'])
      expect(handshake.answer(opened({ headers: { 'aeg-event-type': kind }, body: grid }), keys)).toBeNull()
    const meeting = '{"event":"meeting.started","payload":{"plainToken":"a"}}'
    expect(handshake.answer(opened({ headers: json, body: meeting }), keys)).toBeNull()
    const slack = '{"type":"url_verification","challenge":"a","event_id":"Ev1","event":{}}'
    expect(handshake.answer(opened({ headers: json, body: slack }), keys)).toBeNull()
  })
})

test('Meta’s question must quote the verify token, and there must be one', () => {
  const wrong = { 'hub.mode': 'subscribe', 'hub.challenge': '1', 'hub.verify_token': 'meaty' }
  for (const query of [wrong, { ...wrong, 'hub.verify_token': '' }])
    expect(named('meta').answer(opened({ method: 'GET', query }), keys)).toBe('refused')
  const right = { ...wrong, 'hub.verify_token': 'meatyhamhock' }
  expect(named('meta').answer(opened({ method: 'GET', query: right }), { ...keys, verifyTokens: [] })).toBe(
    'refused',
  )
})

test.each(['zoom', 'x'])('%s: without the secret that it must know the answer is none', name => {
  const question = questions.find(each => each.name === name)!
  expect(named(name).answer(opened(question.request), { ...keys, secrets: [] })).toBe('refused')
})

test('a scheme brings its own handshake and that of CloudEvents only; no scheme those that need no secret', () => {
  expect(handshakesOf('slack').map(({ name }) => name)).toEqual(['slack', 'cloudevents'])
  expect(handshakesOf('github').map(({ name }) => name)).toEqual(['cloudevents'])
  expect(handshakesOf('token').map(({ name }) => name)).toEqual(['azure-event-grid', 'cloudevents'])
  const anybody = handshakesOf(null).map(({ name }) => name)
  for (const name of ['meta', 'zoom', 'x']) expect(anybody).not.toContain(name)
  expect(anybody).toContain('azure-event-grid')
})
