// Every way to verify deliveries, over the providers' own vectors.
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { secret } from '../../../src/secret.ts'
import { openDelivery } from '../../../src/triggers/webhook/delivery.ts'
import { x } from '../../../src/triggers/webhook/handshakes/x.ts'
import { zoom } from '../../../src/triggers/webhook/handshakes/zoom.ts'
import { verifiers } from '../../../src/triggers/webhook/verification/index.ts'
import { type Sample, samples } from './samples.ts'

interface Change {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly secrets?: readonly string[]
  readonly at?: number
}

function verdictOf(sample: Sample, change: Change = {}) {
  const body = Buffer.from(change.body ?? sample.body)
  const headers = change.headers ?? sample.headers
  const delivery = openDelivery({ token: '', method: 'POST', query: {}, headers, body })
  return verifiers[sample.scheme].verify(delivery, {
    secrets: (change.secrets ?? [sample.secret]).map(secret),
    options: sample.options ?? {},
    now: (change.at ?? sample.at ?? 0) * 1000,
  })
}

const without = ({ headers }: Sample, name: string) =>
  Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name))

describe.each(samples)('$title ($scheme, $source)', sample => {
  const { proof, at } = sample

  test('passes as it was published', () => {
    expect(verdictOf(sample)).toBe('verified')
  })

  test('has the id that its scheme gives it', () => {
    const { headers, body } = sample
    const delivery = openDelivery({ token: '', method: 'POST', query: {}, headers, body: Buffer.from(body) })
    expect(verifiers[sample.scheme].deliveryId(delivery, { options: sample.options ?? {} })).toBe(sample.id)
  })

  test('an earlier secret counts while it is there; another or none never does', () => {
    expect(verdictOf(sample, { secrets: ['another', sample.secret] })).toBe('verified')
    expect(verdictOf(sample, { secrets: ['another'] })).toBe('forged')
    expect(verdictOf(sample, { secrets: [] })).toBe('forged')
  })

  test('without the proof it is unsigned', () => {
    const change = proof === null ? { body: '{"value":[{}]}' } : { headers: without(sample, proof) }
    expect(verdictOf(sample, change)).toBe('unsigned')
    expect(verdictOf(sample, { headers: {}, body: '' })).toBe('unsigned')
  })

  test.runIf(sample.signsBody)('no byte of the body may be another', () => {
    const bytes = Buffer.from(sample.body)
    fc.assert(
      fc.property(fc.nat(bytes.byteLength - 1), fc.integer({ min: 1, max: 255 }), (index, mask) => {
        const other = Buffer.from(bytes)
        other[index] = (bytes[index] ?? 0) ^ mask
        expect(verdictOf(sample, { body: other })).toBe('forged')
      }),
    )
    expect(verdictOf(sample, { body: `${sample.body}\r\n` })).toBe('forged')
    expect(verdictOf(sample, { body: `\uFEFF${sample.body}` })).toBe('forged')
  })

  test.runIf(at !== undefined)('outside its five minutes it is stale', () => {
    for (const seconds of [-299, 299]) expect(verdictOf(sample, { at: (at ?? 0) + seconds })).toBe('verified')
    for (const seconds of [-301, 301, 86_400])
      expect(verdictOf(sample, { at: (at ?? 0) + seconds })).toBe('stale')
  })

  test('whatever stands in the headers and the body, it never throws and never passes', () => {
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        't=,v1=',
        't,v1=,v0=',
        ',,',
        't',
        'v0=',
        'v1,',
        'v1',
        'sha256=',
        'sha256=00',
        'sha256=AAAA',
        'v1a,AA==',
      ),
      fc.constantFrom(...Object.values(sample.headers)).map(text => text.slice(0, 12)),
    )
    const headers = fc.record(Object.fromEntries(Object.keys(sample.headers).map(name => [name, value])))
    fc.assert(
      fc.property(headers, fc.oneof(fc.string(), fc.json()), fc.boolean(), (wild, body, own) => {
        const change = proof === null ? { headers: wild, body } : { headers: wild, ...(own ? {} : { body }) }
        expect(verdictOf(sample, change)).not.toBe('verified')
      }),
    )
  })
})

describe('Standard Webhooks', () => {
  const standard = samples.find(({ scheme }) => scheme === 'standard-webhooks')
  if (!standard) throw new Error('no sample')

  test('Ed25519 by the public key, beside signatures of other kinds', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')
    const content = `${standard.headers['webhook-id']}.${standard.headers['webhook-timestamp']}.${standard.body}`
    const signature = sign(null, Buffer.from(content), privateKey).toString('base64')
    const headers = { ...standard.headers, 'webhook-signature': `v1,AAAA v1a,${signature}` }
    expect(verdictOf(standard, { headers, secrets: [`whpk_${key}`] })).toBe('verified')
    expect(verdictOf(standard, { headers, secrets: [`whpk_${key}`], body: '{}' })).toBe('forged')
    expect(verdictOf(standard, { headers, secrets: ['whpk_AAAA'] })).toBe('forged')
  })

  test('a public key is never the key of an HMAC, which everybody could make', () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    const key = `whpk_${Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')}`
    expect(verdictOf(standard, { secrets: [key] })).toBe('forged')
  })

  test('never an id of one family with the signature of the other', () => {
    const { 'webhook-id': id = '', ...rest } = standard.headers
    expect(verdictOf(standard, { headers: { ...rest, 'svix-id': id } })).toBe('unsigned')
  })
})

test('Stripe: every v1 counts, v0 never', () => {
  const stripe = samples.find(({ scheme }) => scheme === 'stripe')
  if (!stripe) throw new Error('no sample')
  const [t = '', v1 = '', v0 = ''] = (stripe.headers['stripe-signature'] ?? '').split(',')
  const signed = (header: string) => verdictOf(stripe, { headers: { 'stripe-signature': header } })
  expect(signed(`${t},v1=${'0'.repeat(64)},${v1}`)).toBe('verified')
  expect(signed(`${t},${v1.replace('v1', 'v0')}`)).toBe('unsigned')
  expect(signed(`${t},${v0.replace('v0', 'v1')}`)).toBe('forged')
})

test('Slack: an event is known by its id', () => {
  const body = Buffer.from('{"type":"event_callback","event_id":"Ev0PV52K25","event":{}}')
  const delivery = openDelivery({ token: '', method: 'POST', query: {}, headers: {}, body })
  expect(verifiers.slack.deliveryId(delivery)).toBe('Ev0PV52K25')
})

test('X: what its challenge-response check would sign is no delivery', () => {
  const sample = samples.find(({ scheme }) => scheme === 'x')
  if (!sample) throw new Error('no sample')
  const headers = (body: string) => ({
    'x-twitter-webhooks-signature': `sha256=${createHmac('sha256', sample.secret).update(body).digest('base64')}`,
  })
  for (const body of ['buy', '[]', ' {}', '']) {
    const question = openDelivery({
      ...{ token: '', method: 'GET', headers: {}, body: Buffer.alloc(0) },
      query: { crc_token: body },
    })
    const signed = x.answer(question, { verifyTokens: [], secrets: [secret(sample.secret)] })
    if (body.includes('{')) expect(signed).toBe('refused')
    expect(verdictOf(sample, { body, headers: headers(body) })).toBe('forged')
  }
  expect(verdictOf(sample, { body: '{}', headers: headers('{}') })).toBe('verified')
})

test('Zoom: what its question would sign is no delivery', () => {
  const question = (plainToken: string) =>
    openDelivery({
      ...{ token: '', method: 'POST', headers: { 'content-type': 'application/json' }, query: {} },
      body: Buffer.from(JSON.stringify({ event: 'endpoint.url_validation', payload: { plainToken } })),
    })
  const keys = { verifyTokens: [], secrets: [secret('key')] }
  expect(zoom.answer(question('v0:1531420618:{}'), keys)).toBe('refused')
  expect(zoom.answer(question('qgg8vlvZRS6UYooatFL8Aw'), keys)).toHaveProperty('status', 200)
})

test('Microsoft Graph: one notification without the state spoils the delivery', () => {
  const graph = samples.find(({ scheme }) => scheme === 'microsoft-graph')
  if (!graph) throw new Error('no sample')
  const of = (...value: unknown[]) => verdictOf(graph, { body: JSON.stringify({ value }) })
  const right = { clientState: graph.secret }
  expect(of(right, right)).toBe('verified')
  expect(of(right, {})).toBe('unsigned')
  expect(of(right, { clientState: 'another' })).toBe('forged')
  expect(of()).toBe('unsigned')
})

test('a template without the body signs nothing', () => {
  const hmac = samples.find(({ options }) => options?.signed !== undefined)
  if (!hmac) throw new Error('no sample')
  const options = { ...hmac.options, signed: '{timestamp}' }
  expect(verdictOf({ ...hmac, options })).toBe('unsigned')
})
