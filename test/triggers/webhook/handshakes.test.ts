// Every handshake: its provider's question is answered as that wants it, and nothing else is taken for one.
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
}

const json = { 'content-type': 'application/json' }

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

const keys = { verifyTokens: [secret('earlier'), secret('meatyhamhock')] }

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
        else expect([text, '']).toContain(answer && answer !== 'refused' ? answer.body : null)
      }),
    )
  })

  test('an event is never taken for a question', () => {
    const event = { headers: json, body: '{"id":1,"type":"url_verification_done"}' }
    expect(handshake.answer(opened(event), keys)).toBeNull()
    expect(handshake.answer(opened({ ...event, query: { validationToken: 'a' } }), keys)).toBeNull()
    expect(handshake.answer(opened({ ...event, headers: { 'x-hook-secret': 'a' } }), keys)).toBeNull()
    const slack = '{"type":"url_verification","challenge":"a","event_id":"Ev1","event":{}}'
    expect(handshake.answer(opened({ headers: json, body: slack }), keys)).toBeNull()
  })
})

test('Meta’s question must quote the verify token, and there must be one', () => {
  const wrong = { 'hub.mode': 'subscribe', 'hub.challenge': '1', 'hub.verify_token': 'meaty' }
  for (const query of [wrong, { ...wrong, 'hub.verify_token': '' }])
    expect(named('meta').answer(opened({ method: 'GET', query }), keys)).toBe('refused')
  const right = { ...wrong, 'hub.verify_token': 'meatyhamhock' }
  expect(named('meta').answer(opened({ method: 'GET', query: right }), { verifyTokens: [] })).toBe('refused')
})

test('a scheme brings its own handshake and that of CloudEvents only; no scheme those that need no secret', () => {
  expect(handshakesOf('slack').map(({ name }) => name)).toEqual(['slack', 'cloudevents'])
  expect(handshakesOf('github').map(({ name }) => name)).toEqual(['cloudevents'])
  expect(handshakesOf(null).map(({ name }) => name)).not.toContain('meta')
})
