// A connector folder with broken JSON beside good ones: the good ones serve, the broken one is reported.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { signUp } from '../../harness/client.ts'
import { startHub } from '../../harness/hub.ts'

const good = {
  swagger: '2.0',
  info: { title: 'Weather', version: '1.0' },
  host: 'weather.example.com',
  basePath: '/',
  schemes: ['https'],
  paths: {
    '/today': {
      get: {
        operationId: 'GetToday',
        responses: {
          200: { description: 'OK', schema: { type: 'object', properties: { degrees: { type: 'number' } } } },
        },
      },
    },
  },
}

test('a broken connector is quarantined and reported; the others serve', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'junctor-connectors-'))
  for (const [name, text] of [
    ['Weather', JSON.stringify(good)],
    ['Broken', `{ "swagger": "2.0", "info": <<<<<<< not JSON at all`],
  ] as const) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'apiDefinition.swagger.json'), text)
  }
  await using hub = await startHub({ env: { JUNCTOR_CONNECTORS: folder } })
  const client = await signUp(hub.url)
  const { connectors } = await client.query<{
    connectors: {
      nodes: { name: string; status: string; diagnostics: { severity: string; message: string }[] }[]
    }
  }>('{ connectors { nodes { name status diagnostics { severity code message } } } }')
  const status = Object.fromEntries(connectors.nodes.map(node => [node.name, node.status]))
  expect(status).toMatchObject({ broken: 'QUARANTINED', sql: 'READY', webhook: 'READY' })
  expect(status.weather).not.toBe('QUARANTINED')
  const broken = connectors.nodes.find(node => node.name === 'broken')
  expect(
    broken?.diagnostics.some(diagnostic => diagnostic.severity === 'ERROR' && diagnostic.message.length > 20),
  ).toBe(true)

  const types = await client.query<{ __schema: { types: { name: string }[] } }>(
    '{ __schema { types { name } } }',
  )
  expect(types.__schema.types.length).toBeGreaterThan(20)
  const answer = await client.answer('{ broken_anything }')
  expect(answer.errors?.[0]?.extensions.code).toBe('CONNECTOR_QUARANTINED')
  await rm(folder, { recursive: true, force: true })
})
