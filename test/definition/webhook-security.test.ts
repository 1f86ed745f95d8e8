// `x-junctor-webhook`: where it may stand, and that a wrong one never leads to an unverified webhook.
import { expect, test } from 'vitest'
import { readDocument } from '../../src/definition/index.ts'

const operation = (security: unknown, url = true) => ({
  swagger: '2.0',
  info: { title: 'Hooks', version: '1' },
  host: 'hooks.example.com',
  paths: {
    '/hooks': {
      'x-ms-notification-content': { schema: { type: 'object' } },
      post: {
        operationId: 'OnHook',
        'x-ms-trigger': 'single',
        ...(security === undefined ? {} : { 'x-junctor-webhook': security }),
        parameters: [
          {
            name: 'b',
            in: 'body',
            schema: {
              type: 'object',
              properties: url ? { url: { type: 'string', 'x-ms-notification-url': true } } : {},
            },
          },
        ],
        responses: { 201: { description: 'made' } },
      },
    },
  },
})

const read = (document: object, properties: object | null = null) =>
  readDocument({
    name: 'hooks',
    document: JSON.stringify(document),
    properties: properties && JSON.stringify({ properties }),
  })

test.each([
  [
    { scheme: 'github', secret: 'key' },
    { scheme: 'github', secret: { from: 'connection', parameters: ['key'] }, options: {} },
  ],
  [
    { scheme: 'meta', secret: ['key', 'old'], verifyToken: 'token' },
    {
      scheme: 'meta',
      secret: { from: 'connection', parameters: ['key', 'old'] },
      verifyToken: 'token',
      options: {},
    },
  ],
  [
    { scheme: 'microsoft-graph', secretPath: ['clientState'] },
    { scheme: 'microsoft-graph', secret: { from: 'hub', path: ['clientState'] }, options: {} },
  ],
  [{ scheme: 'hook-secret' }, { scheme: 'hook-secret', secret: { from: 'handshake' }, options: {} }],
  [
    { scheme: 'hmac', secret: 'key', options: { header: 'x-sign', prefix: '' } },
    {
      scheme: 'hmac',
      secret: { from: 'connection', parameters: ['key'] },
      options: { header: 'x-sign' },
    },
  ],
])('%j', (declared, security) => {
  const { definition, diagnostics } = read(operation(declared))
  expect(diagnostics).toEqual([])
  expect(definition?.operations[0]?.role).toMatchObject({ role: 'webhook', security })
  const sets = {
    connectionParameterSets: { values: [{ name: 'a', parameters: {}, 'x-junctor-webhook': declared }] },
  }
  expect(read(operation(undefined), sets).definition?.authentications[0]?.webhook).toEqual(security)
})

test('nothing is declared where nothing stands', () => {
  const { definition } = read(operation(undefined))
  expect(definition?.operations[0]?.role).not.toHaveProperty('security')
  expect(definition?.authentications[0]).not.toHaveProperty('webhook')
})

test.each([
  ['no object', 'github'],
  ['no scheme', { secret: 'key' }],
  ['a scheme that nobody knows', { scheme: 'gitub', secret: 'key' }],
  ['no secret', { scheme: 'github' }],
  ['two secrets', { scheme: 'github', secret: 'key', secretPath: ['a'] }],
  ['a secret of one’s own beside the provider’s', { scheme: 'hook-secret', secret: 'key' }],
  ['a member that nobody knows', { scheme: 'github', secrets: 'key', secret: 'key' }],
])('%s is an error that quarantines the connector', (_, declared) => {
  const { definition, diagnostics } = read(operation(declared))
  expect(definition).toBeNull()
  expect(diagnostics).toMatchObject([
    {
      severity: 'ERROR',
      message: expect.stringContaining('x-junctor-webhook'),
      pointer: expect.stringContaining('/paths/~1hooks/post/x-junctor-webhook'),
    },
  ])
})

test('the hub has no body to put its secret into where no call registers the webhook', () => {
  const { definition, diagnostics } = read(operation({ scheme: 'microsoft-graph', secretPath: ['a'] }, false))
  expect(definition).toBeNull()
  expect(diagnostics).toMatchObject([{ severity: 'ERROR', message: expect.stringContaining('no call') }])
})
