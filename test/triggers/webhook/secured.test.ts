// Webhooks that say how deliveries are verified: what passes is stored, everything else gets one answer and leaves nothing.
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WebhookSecurity } from '../../../src/definition/index.ts'
import { JunctorError } from '../../../src/errors.ts'
import { createMetrics } from '../../../src/telemetry/index.ts'
import type { Feed, Triggers } from '../../../src/triggers/index.ts'
import { authentication, connection, definition, operation } from '../../invocation/definitions.ts'
import { durable, openWorld, until, type World } from '../hub.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const github: WebhookSecurity = {
  scheme: 'github',
  secret: { from: 'connection', parameters: ['secret', 'previous'] },
  options: {},
}
const graph: WebhookSecurity = {
  scheme: 'microsoft-graph',
  secret: { from: 'hub', path: ['notify', 'clientState'] },
  options: {},
}
const handshake: WebhookSecurity = { scheme: 'hook-secret', secret: { from: 'handshake' }, options: {} }

interface Setup {
  /** Declared by the operation. */
  readonly security?: WebhookSecurity
  /** Declared by the connection's authentication. */
  readonly chosen?: WebhookSecurity
  readonly secrets?: Readonly<Record<string, string>>
  readonly parameters?: Readonly<Record<string, string>>
  readonly delivers?: 'body' | 'request'
}

async function start(setup: Setup) {
  const how = {
    ...authentication('CUSTOM'),
    ...(setup.chosen ? { webhook: setup.chosen } : {}),
  }
  const onHook = operation({
    id: 'onHook',
    method: 'POST',
    path: '/hooks',
    body: { name: 'body', schema: { type: 'any' }, required: true },
    role: {
      role: 'webhook',
      callbackPaths: [['notify', 'url']],
      delivers: setup.delivers ?? 'body',
      once: false,
      ...(setup.security ? { security: setup.security } : {}),
    },
  })
  const demo = definition(world.provider.origin, { operations: [onHook], authentications: [how] })
  const metrics = createMetrics()
  const inactive = { now: false }
  const triggers = world.engine({
    metrics,
    connectors: { get: async () => demo },
    async openConnection() {
      if (inactive.now) throw new JunctorError('CONNECTION_INACTIVE', 'The connection is disabled.')
      return connection(how, setup.secrets ?? {}, {
        id: world.connectionId,
        parameters: setup.parameters ?? {},
      })
    },
  })
  const feed = await triggers.create(world.binding('onHook'), durable)
  return { triggers, feed, metrics, inactive, ...registered() }
}

function registered() {
  const hook = [...world.provider.hooks.values()].at(-1)
  const notify = hook?.body.notify as { url: string; clientState?: string }
  return { url: notify.url, clientState: notify.clientState }
}

function send(
  triggers: Triggers,
  url: string,
  body: string,
  headers: Record<string, string> = {},
  rest: { method?: string; query?: Record<string, string> } = {},
) {
  return triggers.receive({
    token: url.split('/').at(-1) ?? '',
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    query: {},
    ...rest,
    body: Buffer.from(body),
  })
}

const hub = (key: string, body: string) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
})

const dataOf = async (triggers: Triggers, feed: Feed) =>
  (await triggers.events(feed.id, { first: 10 })).events.map(({ data }) => data)

describe.each([
  ['by its operation', { security: github }],
  ['by the connection’s authentication', { chosen: github }],
])('verification that is declared %s', (_, declared) => {
  const setup = { ...declared, secrets: { secret: 'current', previous: 'before' } }

  test('the right signature is stored, with the current secret or the one before', async () => {
    const { triggers, feed, url, metrics } = await start(setup)
    expect((await send(triggers, url, '{"id":1}', hub('current', '{"id":1}'))).status).toBe(202)
    expect((await send(triggers, url, '{"id":2}', hub('before', '{"id":2}'))).status).toBe(202)
    expect(await dataOf(triggers, feed)).toEqual([{ id: 1 }, { id: 2 }])
    expect(await metrics.registry.metrics()).toContain(
      'junctor_webhook_verifications_total{scheme="github",verdict="verified"} 2',
    )
  })

  test('whatever else comes gets one answer and leaves nothing', async () => {
    const { triggers, feed, url, metrics } = await start(setup)
    const right = hub('current', '{"id":1}')
    const answers = [
      await send(triggers, url, '{"id":1}'),
      await send(triggers, url, '{"id":2}', right),
      await send(triggers, url, '{"id": 1}', right),
      await send(triggers, url, '{"id":1}', hub('another', '{"id":1}')),
      await send(triggers, url, '{"id":1}', { 'x-hub-signature-256': 'sha256=no' }),
      await send(triggers, url, '{"id":1}', { 'x-hub-signature': right['x-hub-signature-256'] }),
      await send(triggers, url, `{"a":${'['.repeat(200)}`),
      await send(triggers, url, '', { 'x-hook-secret': 'mine' }),
    ]
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]?.status).toBe(401)
    expect(await dataOf(triggers, feed)).toEqual([])
    expect((await world.row(feed.id)).lastSequence).toBe(0)
    const text = await metrics.registry.metrics()
    expect(text).toContain('junctor_webhook_verifications_total{scheme="github",verdict="unsigned"} 5')
    expect(text).toContain('junctor_webhook_verifications_total{scheme="github",verdict="forged"} 3')
    expect(text).toContain('junctor_webhooks_total{outcome="unverified"} 8')
  })

  test('a repeated delivery is one event', async () => {
    const { triggers, feed, url } = await start(setup)
    for (let time = 0; time < 3; time++) {
      const headers = { ...hub('current', '{"id":1}'), 'x-github-delivery': 'one' }
      expect((await send(triggers, url, '{"id":1}', headers)).status).toBe(202)
    }
    expect(await dataOf(triggers, feed)).toHaveLength(1)
  })
})

test('a connection whose secret is not set lets nothing through', async () => {
  const { triggers, url } = await start({ chosen: github, secrets: {} })
  expect((await send(triggers, url, '{}', hub('', '{}'))).status).toBe(401)
})

test('while the connection cannot be used, what cannot be verified is asked for again later', async () => {
  const { triggers, url, feed, inactive } = await start({ chosen: github, secrets: { secret: 'current' } })
  inactive.now = true
  const refused = await send(triggers, url, '{"id":1}', hub('current', '{"id":1}'))
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '10' } })
  inactive.now = false
  expect((await send(triggers, url, '{"id":1}', hub('current', '{"id":1}'))).status).toBe(202)
  expect(await dataOf(triggers, feed)).toEqual([{ id: 1 }])
})

test('readers do not see the header that holds the token', async () => {
  const chosen: WebhookSecurity = {
    scheme: 'token',
    secret: { from: 'connection', parameters: ['secret'] },
    options: {},
  }
  const { triggers, url, feed } = await start({
    chosen,
    secrets: { secret: 'planted' },
    parameters: { header: 'X-Who' },
    delivers: 'request',
  })
  expect((await send(triggers, url, '{}', { 'x-who': 'planted', 'x-kind': 'push' })).status).toBe(202)
  const [data] = await dataOf(triggers, feed)
  expect(data).toMatchObject({ headers: { 'x-kind': 'push' } })
  expect(JSON.stringify(data)).not.toContain('planted')
})

describe('a secret that the hub makes', () => {
  const notification = (clientState: unknown) =>
    JSON.stringify({ value: [{ clientState, changeType: 'created', resource: 'me/events/1' }] })

  test('goes into the registration, is quoted by deliveries, and is nowhere else', async () => {
    const { triggers, feed, url, clientState } = await start({ security: graph })
    expect(clientState).toMatch(/^[\w-]{43}$/)
    expect(JSON.stringify(await world.row(feed.id))).not.toContain(clientState)
    expect((await send(triggers, url, notification('another'))).status).toBe(401)
    expect((await send(triggers, url, notification(undefined))).status).toBe(401)
    expect((await send(triggers, url, notification(clientState))).status).toBe(202)
    expect(await dataOf(triggers, feed)).toEqual([
      { value: [{ changeType: 'created', resource: 'me/events/1' }] },
    ])
  })

  test('is another for each registration', async () => {
    const { triggers, feed, clientState } = await start({ security: graph })
    await triggers.pause(feed.id)
    await until(async () => !(await world.row(feed.id)).registered)
    await triggers.resume(feed.id)
    expect(registered().clientState).toMatch(/^[\w-]{43}$/)
    expect(registered().clientState).not.toBe(clientState)
  })

  test('the question of the provider is answered before there is a notification', async () => {
    const { triggers, feed, url } = await start({ security: graph })
    const question = '<script>alert("1")</script>'
    const answer = await send(triggers, url, '', {}, { query: { validationToken: question } })
    expect(answer).toEqual({
      status: 200,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      },
      body: question,
    })
    expect(await dataOf(triggers, feed)).toEqual([])
  })
})

describe('a secret that the provider tells', () => {
  const sign = (key: string, body: string) => ({
    'x-hook-signature': createHmac('sha256', key).update(body).digest('hex'),
  })

  test('nothing counts before it; the first one counts, sealed, and no later one', async () => {
    const { triggers, feed, url } = await start({ security: handshake })
    expect((await send(triggers, url, '{"id":0}', sign('', '{"id":0}'))).status).toBe(401)
    const hello = await send(triggers, url, '', { 'x-hook-secret': 'theirs' })
    expect(hello).toMatchObject({ status: 200, headers: { 'x-hook-secret': 'theirs' } })
    expect(JSON.stringify(await world.row(feed.id))).not.toContain('theirs')
    expect((await send(triggers, url, '', { 'x-hook-secret': 'a stranger’s' })).status).toBe(401)
    expect((await send(triggers, url, '{}', { 'x-hook-secret': 'theirs' })).status).toBe(200)
    expect((await send(triggers, url, '{"id":1}', sign('theirs', '{"id":1}'))).status).toBe(202)
    expect((await send(triggers, url, '{"id":2}', sign('a stranger’s', '{"id":2}'))).status).toBe(401)
    expect(await dataOf(triggers, feed)).toEqual([{ id: 1 }])
  })

  test('a new registration has a new one', async () => {
    const { triggers, feed, url } = await start({ security: handshake })
    await send(triggers, url, '', { 'x-hook-secret': 'theirs' })
    await triggers.pause(feed.id)
    await until(async () => !(await world.row(feed.id)).registered)
    await triggers.resume(feed.id)
    expect((await send(triggers, registered().url, '', { 'x-hook-secret': 'another' })).status).toBe(200)
  })
})

describe('a webhook that declares nothing', () => {
  test('answers the questions that need no secret, and stores none of them', async () => {
    const { triggers, feed, url } = await start({})
    const slack = await send(triggers, url, '{"type":"url_verification","challenge":"c","token":"t"}')
    expect(slack).toMatchObject({ status: 200, body: 'c' })
    const graphs = await send(triggers, url, '', {}, { query: { validationToken: 'v' } })
    expect(graphs).toMatchObject({ status: 200, body: 'v' })
    const asana = await send(triggers, url, '', { 'x-hook-secret': 's' })
    expect(asana).toMatchObject({ status: 200, headers: { 'x-hook-secret': 's' } })
    const events = { 'webhook-request-origin': 'eventgrid.example' }
    expect(await send(triggers, url, '', events, { method: 'OPTIONS' })).toMatchObject({
      status: 200,
      headers: { 'webhook-allowed-origin': 'eventgrid.example' },
    })
    const meta = { 'hub.mode': 'subscribe', 'hub.challenge': 'h', 'hub.verify_token': '' }
    const answer = await send(triggers, url, '', {}, { method: 'GET', query: meta })
    expect(answer.body).not.toContain('h</')
    expect(answer.body).toBe('This webhook takes deliveries by POST.')
    expect(await dataOf(triggers, feed)).toEqual([])
    expect((await world.row(feed.id)).webhookSecret).toBeNull()
    expect((await send(triggers, url, '{"id":1}')).status).toBe(202)
    expect(await dataOf(triggers, feed)).toEqual([{ id: 1 }])
  })
})
