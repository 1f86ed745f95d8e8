// The environment: defaults, and a wrong value stopped by a sentence that names its variable.
import { expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'

test('an empty environment has the documented defaults', () => {
  expect(readConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 4000,
    databaseUrl: null,
    publicUrl: 'http://localhost:4000',
    keys: null,
    signup: 'first',
    connectorFolders: [],
    allowPrivate: [],
    origins: [],
    callRates: { connection: 100, connector: 500 },
    uploadLimits: { fileMegabytes: 25, requestMegabytes: 50, files: 10, heldMegabytes: 200 },
    webhookRate: { perSecond: 500, burst: 5_000 },
    subscriptions: { perSocket: 1_000, streamsPerPerson: 100 },
    trustedProxies: [],
    tracing: null,
    production: false,
  })
  expect(readConfig({ PORT: '', JUNCTOR_SIGNUP: '' }).port).toBe(4000)
})

test.each([
  ['PORT', 'eighty'],
  ['PORT', '70000'],
  ['DATABASE_URL', 'mysql://localhost/x'],
  ['NATS_URL', 'not a url'],
  ['JUNCTOR_PUBLIC_URL', 'hub.example.com'],
  ['JUNCTOR_KEYS', 'k1:tooshort'],
  ['JUNCTOR_SIGNUP', 'maybe'],
  ['JUNCTOR_ALLOW_PRIVATE', 'http://127.0.0.1:9093/path'],
  ['JUNCTOR_ORIGINS', 'https://api.example.com'],
  ['JUNCTOR_ORIGINS', '*=tcp://127.0.0.1:9000'],
  ['JUNCTOR_ORIGINS', 'postgres://db.example.com=http://127.0.0.1:9000'],
  ['JUNCTOR_CALL_RATES', '100'],
  ['JUNCTOR_SUBSCRIPTIONS', '100'],
  ['JUNCTOR_SUBSCRIPTIONS', '100,0'],
  ['JUNCTOR_WEBHOOK_RATE', '100'],
  ['JUNCTOR_WEBHOOK_RATE', '100,0'],
  ['JUNCTOR_WEBHOOK_RATE', '1.5,10'],
  ['JUNCTOR_CALL_RATES', '1.5,10'],
  ['JUNCTOR_CALL_RATES', '-1,10'],
  ['JUNCTOR_UPLOADS', '25'],
  ['JUNCTOR_UPLOADS', '25,50,10,x'],
  ['JUNCTOR_TRUST_PROXY', 'true'],
  ['JUNCTOR_TRUST_PROXY', '10.0.0.0/8,0.0.0.0/0'],
  ['JUNCTOR_TRUST_PROXY', '10.0.0.0/33'],
  ['JUNCTOR_TRUST_PROXY', '10.0.0.1/'],
  ['JUNCTOR_TRUST_PROXY', 'proxy.example.com'],
  ['JUNCTOR_LOG', 'loud'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', '127.0.0.1:4318'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://127.0.0.1:4317'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'https://hub:password@collector.example'],
  ['OTEL_TRACES_SAMPLER', 'sometimes'],
  ['OTEL_TRACES_SAMPLER_ARG', '2'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`${name} .+\\.$`))
})

test('several wrong values are all named at once', () => {
  expect(() => readConfig({ PORT: 'x', JUNCTOR_SIGNUP: 'y' })).toThrow(/PORT .*JUNCTOR_SIGNUP /)
})

test('production without keys does not start', () => {
  expect(() => readConfig({ NODE_ENV: 'production' })).toThrow(/JUNCTOR_KEYS must be set/)
  const key = Buffer.alloc(32, 7).toString('base64')
  const config = readConfig({ NODE_ENV: 'production', JUNCTOR_KEYS: `k1:${key},k0:${key}` })
  expect(config.keys?.map(({ id }) => id)).toEqual(['k1', 'k0'])
  expect(JSON.stringify(config)).not.toContain(key)
})

test('the rate of a webhook is requests a second and a burst', () => {
  expect(readConfig({ JUNCTOR_WEBHOOK_RATE: '20, 40' }).webhookRate).toEqual({ perSecond: 20, burst: 40 })
  expect(readConfig({ JUNCTOR_WEBHOOK_RATE: '0,0' }).webhookRate).toEqual({ perSecond: 0, burst: 0 })
})

test('subscriptions are those of a WebSocket, and the event streams of a person', () => {
  expect(readConfig({ JUNCTOR_SUBSCRIPTIONS: '5, 2' }).subscriptions).toEqual({
    perSocket: 5,
    streamsPerPerson: 2,
  })
})

test('several numbers in one variable are those of what it says, in their order', () => {
  expect(readConfig({ JUNCTOR_CALL_RATES: '20, 0' }).callRates).toEqual({ connection: 20, connector: 0 })
  expect(readConfig({ JUNCTOR_UPLOADS: '1, 2,3,4' }).uploadLimits).toEqual({
    fileMegabytes: 1,
    requestMegabytes: 2,
    files: 3,
    heldMegabytes: 4,
  })
})

test('origins are read exactly', () => {
  const config = readConfig({
    JUNCTOR_ORIGINS: 'https://api.example.com=http://127.0.0.1:9000,*=http://127.0.0.1:9001',
  })
  expect(config.origins).toEqual([
    { from: 'https://api.example.com', to: 'http://127.0.0.1:9000' },
    { from: '*', to: 'http://127.0.0.1:9001' },
  ])
})

test('proxies are addresses and networks of either family', () => {
  const { trustedProxies } = readConfig({ JUNCTOR_TRUST_PROXY: '127.0.0.1, ::1,10.0.0.0/8,fd00::/8' })
  expect(trustedProxies).toEqual(['127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8'])
})

test('spans are asked for by naming a collector, in the words of OpenTelemetry', () => {
  expect(readConfig({ OTEL_SERVICE_NAME: 'hub', OTEL_TRACES_SAMPLER: 'always_on' }).tracing).toBeNull()
  expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/' }).tracing).toEqual({
    endpoint: 'http://127.0.0.1:4318/v1/traces',
    serviceName: 'junctor',
    sampler: 'parentbased_always_on',
    samplerRatio: 1,
  })
  expect(
    readConfig({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector.example/own',
      OTEL_SERVICE_NAME: 'hub',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    }).tracing,
  ).toEqual({
    endpoint: 'https://collector.example/own',
    serviceName: 'hub',
    sampler: 'traceidratio',
    samplerRatio: 0.25,
  })
})
