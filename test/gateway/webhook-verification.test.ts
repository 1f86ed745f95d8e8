// Deliveries to a real hub that are verified by what a connection says: the bundled connector, from outside.
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HubClient, signUp } from '../harness/client.ts'
import { type Hub, startHub } from '../harness/hub.ts'

let hub: Hub
let ada: HubClient
beforeAll(async () => {
  hub = await startHub()
  ada = await signUp(hub.url)
}, 60_000)
afterAll(() => hub[Symbol.asyncDispose]())

interface Made {
  readonly createFeed: { readonly id: string; readonly webhookUrl: string }
}

async function webhook(authentication: string, parameters: Record<string, string>) {
  const input = { connector: 'webhook', name: authentication, authentication, parameters }
  await ada.query(
    'mutation ($input: CreateConnectionInput!) { createConnection(input: $input) { connection { id } } }',
    { input },
  )
  const { createFeed } = await ada.query<Made>(
    'mutation ($input: CreateFeedInput!) { createFeed(input: $input) { id webhookUrl } }',
    { input: { field: 'webhook_onRequest', connection: authentication, arguments: { name: 'a' } } },
  )
  return createFeed
}

async function bodiesOf(id: string): Promise<readonly unknown[]> {
  const { feed } = await ada.query<{
    feed: { events: { nodes: { data: { body: unknown } }[] } }
  }>('query ($id: ID!) { feed(id: $id) { events { nodes { data } } } }', { id })
  return feed.events.nodes.map(({ data }) => data.body)
}

const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex')

test('GitHub: over the bytes as they came, and a repeat is no second event', async () => {
  const feed = await webhook('github', { secret: "It's a Secret to Everybody" })
  const body = '{ "zen":"Approachable is better than simple.",\r\n "id": 12345678901234567890 }'
  const post = (signature: string, text = body) =>
    fetch(feed.webhookUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
        'x-hub-signature-256': signature,
      },
      body: text,
    })
  const right = `sha256=${hmac("It's a Secret to Everybody", body)}`
  expect((await post(right, JSON.stringify({ zen: '' }))).status).toBe(401)
  expect((await post(`sha256=${hmac('guessed', body)}`)).status).toBe(401)
  expect((await fetch(feed.webhookUrl, { method: 'POST', body })).status).toBe(401)
  expect((await post(right)).status).toBe(202)
  expect((await post(right)).status).toBe(202)
  expect(await bodiesOf(feed.id)).toMatchObject([{ zen: 'Approachable is better than simple.' }])
})

test('Slack: the URL is verified with a signed question, and an event comes once', async () => {
  const feed = await webhook('slack', { secret: '8f742231b10e8888abcd99yyyzzz85a5' })
  const post = (body: string, key = '8f742231b10e8888abcd99yyyzzz85a5') => {
    const seconds = String(Math.floor(Date.now() / 1000))
    return fetch(feed.webhookUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-slack-request-timestamp': seconds,
        'x-slack-signature': `v0=${hmac(key, `v0:${seconds}:${body}`)}`,
      },
      body,
    })
  }
  const question = '{"type":"url_verification","token":"t","challenge":"<b>c</b>"}'
  expect((await post(question, 'guessed')).status).toBe(401)
  const answer = await post(question)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(await answer.text()).toBe('<b>c</b>')
  const event = '{"type":"event_callback","event_id":"Ev1","event":{"type":"message"}}'
  for (let time = 0; time < 2; time++) expect((await post(event)).status).toBe(202)
  expect(await bodiesOf(feed.id)).toHaveLength(1)
})

test('Meta: its question must quote the verify token', async () => {
  const feed = await webhook('meta', { secret: 'app', verifyToken: 'meatyhamhock' })
  const ask = (token: string) =>
    fetch(`${feed.webhookUrl}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`)
  expect((await ask('guessed')).status).toBe(401)
  const answer = await ask('meatyhamhock')
  expect([answer.status, await answer.text()]).toEqual([200, '1158201444'])
})

test('Zoom: its question is answered with the connection’s secret, unsigned, and its events are verified', async () => {
  const feed = await webhook('zoom', { secret: 'token of the app' })
  const post = (body: object, headers: Record<string, string> = {}) =>
    fetch(feed.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const question = { event: 'endpoint.url_validation', payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' } }
  const answer = await post(question)
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(await answer.json()).toEqual({
    plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
    encryptedToken: hmac('token of the app', 'qgg8vlvZRS6UYooatFL8Aw'),
  })
  const event = { event: 'meeting.started', payload: {} }
  const seconds = String(Math.floor(Date.now() / 1000))
  const signature = `v0=${hmac('token of the app', `v0:${seconds}:${JSON.stringify(event)}`)}`
  const signed = { 'x-zm-request-timestamp': seconds, 'x-zm-signature': signature }
  expect([(await post(event)).status, (await post(event, signed)).status]).toEqual([401, 202])
  expect(await bodiesOf(feed.id)).toEqual([event])
})

test('X: the challenge-response check', async () => {
  const feed = await webhook('x', { secret: 'consumer secret' })
  const digest = createHmac('sha256', 'consumer secret').update('foo').digest('base64')
  const answer = await fetch(`${feed.webhookUrl}?crc_token=foo`)
  expect(await answer.json()).toEqual({ response_token: `sha256=${digest}` })
  expect((await fetch(`${feed.webhookUrl}?crc_token=%7B%22a%22%3A1%7D`)).status).toBe(401)
})

test('Azure Event Grid: its validation event is answered where no scheme is, and stored nowhere', async () => {
  const feed = await webhook('default', {})
  const body = JSON.stringify([
    {
      id: '2d1781af-3a4c-4d7c-bd0c-e34b19da4e66',
      data: { validationCode: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' },
      eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    },
  ])
  const headers = { 'aeg-event-type': 'SubscriptionValidation' }
  const answer = await fetch(feed.webhookUrl, { method: 'POST', headers, body })
  expect(await answer.json()).toEqual({ validationResponse: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' })
  expect(await bodiesOf(feed.id)).toEqual([])
})

test('CloudEvents: an OPTIONS request is answered at any webhook, and at none that is not there', async () => {
  const feed = await webhook('hmac', { secret: 'k', header: 'x-sign' })
  const headers = { 'webhook-request-origin': 'eventemitter.example.com' }
  const answer = await fetch(feed.webhookUrl, { method: 'OPTIONS', headers })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('webhook-allowed-origin')).toBe('eventemitter.example.com')
  const nowhere = await fetch(`${hub.url}/webhooks/nowhere`, { method: 'OPTIONS', headers })
  expect([nowhere.status, nowhere.headers.get('webhook-allowed-origin')]).toEqual([404, null])
  const signed = { 'x-sign': hmac('k', 'a=1'), 'content-type': 'application/x-www-form-urlencoded' }
  expect((await fetch(feed.webhookUrl, { method: 'POST', headers: signed, body: 'a=1' })).status).toBe(202)
  expect(await bodiesOf(feed.id)).toEqual([{ a: '1' }])
})

test('another secret entered: what it signs passes from then on, and the old one no more', async () => {
  const feed = await webhook('stripe', { secret: 'old' })
  const post = async (key: string) => {
    const seconds = Math.floor(Date.now() / 1000)
    const signature = `t=${seconds},v1=${hmac(key, `${seconds}.{}`)}`
    const headers = { 'stripe-signature': signature }
    return (await fetch(feed.webhookUrl, { method: 'POST', headers, body: '{}' })).status
  }
  expect([await post('old'), await post('new')]).toEqual([202, 401])
  const { connections } = await ada.query<{ connections: { nodes: { id: string; name: string }[] } }>(
    '{ connections { nodes { id name } } }',
  )
  const { id } = connections.nodes.find(({ name }) => name === 'stripe')!
  await ada.query(
    'mutation ($id: ID!, $input: UpdateConnectionInput!) { updateConnection(id: $id, input: $input) { connection { id } } }',
    {
      id,
      input: { parameters: { secret: 'new' } },
    },
  )
  expect([await post('old'), await post('new')]).toEqual([401, 202])
})

test('the metrics tell what was verified and what was not', async () => {
  const metrics = await (await fetch(`${hub.url}/metrics`)).text()
  for (const verdict of ['verified', 'forged', 'unsigned'])
    expect(metrics).toContain(`junctor_webhook_verifications_total{scheme="github",verdict="${verdict}"}`)
})
