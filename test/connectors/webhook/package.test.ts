// The webhook connector's package, as the hub reads it.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPackage } from '../../../src/definition/index.ts'

test('offers one trigger that delivers the whole request, and a way to connect for each way to verify', async () => {
  const { definition, diagnostics } = await readPackage(
    join(import.meta.dirname, '..', '..', '..', 'connectors', 'webhook'),
  )
  expect(diagnostics).toEqual([])
  expect(definition?.webapp).toBeNull()
  const [anybody, ...verified] = definition?.authentications ?? []
  expect(anybody).toMatchObject({ name: 'default', kind: 'NONE', parameters: [] })
  expect(anybody?.webhook).toBeUndefined()
  expect(verified.map(({ name, webhook }) => [name, webhook?.scheme])).toEqual([
    ['standardWebhooks', 'standard-webhooks'],
    ['github', 'github'],
    ['slack', 'slack'],
    ['stripe', 'stripe'],
    ['meta', 'meta'],
    ['microsoftGraph', 'microsoft-graph'],
    ['zoom', 'zoom'],
    ['x', 'x'],
    ['hookSecret', 'hook-secret'],
    ['token', 'token'],
    ['hmac', 'hmac'],
  ])
  for (const { parameters, webhook } of verified)
    if (webhook?.secret.from === 'connection')
      for (const name of webhook.secret.parameters)
        expect(parameters.find(parameter => parameter.name === name)).toMatchObject({ secret: true })
  expect(definition?.operations).toMatchObject([
    {
      id: 'OnRequest',
      role: { role: 'webhook', delivers: 'request', callbackPaths: [], once: false },
      parameters: [{ name: 'name', in: 'path', required: true }],
      event: { type: 'ref', ref: 'Request' },
    },
  ])
  expect(definition?.schemas.Request).toMatchObject({
    type: 'object',
    properties: {
      method: { type: 'string' },
      headers: { type: 'object', additional: { type: 'any' } },
      query: { type: 'object', additional: { type: 'any' } },
      body: { type: 'any' },
    },
  })
})
