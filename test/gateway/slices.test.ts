// What one request may name, of a hub with more connectors than that.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HubClient, signUp } from '../harness/client.ts'
import { type Hub, startHub } from '../harness/hub.ts'

const names = Array.from({ length: 31 }, (_, index) => `api${index}`)

let folder: string
let hub: Hub
let ada: HubClient
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junctor-slices-'))
  for (const name of names) {
    await mkdir(join(folder, name))
    const definition = {
      swagger: '2.0',
      info: { title: name, version: '1' },
      host: 'api.example.com',
      paths: { '/x': { get: { operationId: 'GetX', responses: { 200: { description: 'OK' } } } } },
    }
    await writeFile(join(folder, name, 'apiDefinition.swagger.json'), JSON.stringify(definition))
  }
  hub = await startHub({ env: { JUNCTOR_CONNECTORS: folder } })
  ada = await signUp(hub.url)
}, 60_000)
afterAll(async () => {
  await hub[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

interface Answer {
  readonly data?: {
    readonly __schema: { readonly queryType: { readonly fields: readonly { name: string }[] } }
  }
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

async function ask(
  query: string,
  headers: Readonly<Record<string, string>>,
  path = '/graphql',
): Promise<Answer> {
  const answer = await fetch(`${hub.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
  return (await answer.json()) as Answer
}
const codeOf = (answer: Answer) => answer.errors?.[0]?.extensions.code
const fields = '{ __schema { queryType { fields { name } } } }'
const naming = (count: number) =>
  `{ ${names
    .slice(0, count)
    .map(name => `${name}_nothing`)
    .join(' ')} }`

test('a document names 30 connectors at most', async () => {
  expect(codeOf(await ask(naming(30), ada.headers))).toBe('GRAPHQL_VALIDATION_FAILED')
  expect(codeOf(await ask(naming(31), ada.headers))).toBe('LIMIT_EXCEEDED')
})

test('introspection shows the connectors that are asked for, 30 at most', async () => {
  const shown = await ask(fields, ada.headers, '/graphql?connectors=api1,api2,absent')
  const found = shown.data?.__schema.queryType.fields.map(({ name }) => name)
  expect(found).toEqual(expect.arrayContaining(['api1_getX', 'api2_getX', 'sql_listRows']))
  expect(found).not.toContain('api3_getX')
  expect(codeOf(await ask(fields, ada.headers, `/graphql?connectors=${names.join()}`))).toBe('LIMIT_EXCEEDED')
})

test('nobody makes the hub read a connector that is not bundled, but for the subgraph that a router composes', async () => {
  expect(codeOf(await ask('{ api1_getX }', {}))).toBe('UNAUTHENTICATED')
  expect(codeOf(await ask(fields, {}, '/graphql?connectors=api1'))).toBe('UNAUTHENTICATED')
  expect((await ask(fields, {})).errors).toBeUndefined()
  expect((await ask('{ _service { sdl } }', {}, '/graphql/api1')).errors).toBeUndefined()
})
