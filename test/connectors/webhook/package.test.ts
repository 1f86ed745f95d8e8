// The webhook connector's package, as the hub reads it.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPackage } from '../../../src/definition/index.ts'

test('offers one trigger that delivers the whole request, and needs no credential', async () => {
  const { definition, diagnostics } = await readPackage(
    join(import.meta.dirname, '..', '..', '..', 'connectors', 'webhook'),
  )
  expect(diagnostics).toEqual([])
  expect(definition).toMatchObject({ webapp: null, authentications: [{ kind: 'NONE', parameters: [] }] })
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
