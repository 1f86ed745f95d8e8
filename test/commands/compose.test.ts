// `compose`: the supergraph that a Federation 2 router serves, from the subgraphs that the hub offers.
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { composeSupergraph } from '../../src/commands/composition.ts'
import { findPackages } from '../../src/definition/index.ts'
import { corpus } from '../definition/corpus.ts'
import { runCommand } from '../harness/command.ts'
import { requirement } from '../harness/requirement.ts'
import { libraryDocument, type Version } from './library-document.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junctor-compose-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function document(path: string, version?: Version): Promise<string> {
  await mkdir(join(folder, path, '..'), { recursive: true })
  await writeFile(join(folder, path), libraryDocument(version))
  return join(folder, path)
}

test('the bundled connectors and the hub, at the public address', async () => {
  const { code, output, errors } = await runCommand(['compose'], {
    JUNCTOR_PUBLIC_URL: 'https://hub.example.com/',
  })
  expect({ code, errors }).toEqual({ code: 0, errors: '' })
  expect(graphsOf(output)).toEqual({
    hub: 'https://hub.example.com/graphql/hub',
    sql: 'https://hub.example.com/graphql/sql',
    webhook: 'https://hub.example.com/graphql/webhook',
  })
  expect(output).toContain('sql_listRows(')
  expect(output).toContain('viewer: Viewer')
  // Whoever knows a feed's id may ask the hub for the rest, and the hub alone.
  expect(output).toContain('type Feed @join__type(graph: HUB, key: "id")')
  expect(output).toContain('@join__type(graph: SQL, key: "id", resolvable: false)')
})

test('a connector with triggers alone composes', async () => {
  const { code, output } = await runCommand(['compose', 'webhook', '--url', 'http://10.0.0.1:4000'])
  expect(code).toBe(0)
  expect(graphsOf(output)).toEqual({
    hub: 'http://10.0.0.1:4000/graphql/hub',
    webhook: 'http://10.0.0.1:4000/graphql/webhook',
  })
})

test('a document beside an installed connector', async () => {
  const { code, output } = await runCommand(['compose', await document('library.json'), 'sql'])
  expect(code).toBe(0)
  expect(Object.keys(graphsOf(output))).toEqual(['hub', 'library', 'sql'])
})

test('two connectors that answer files share the type', async () => {
  const given = [await document('north.json', { cover: true }), await document('south.json', { cover: true })]
  const { code, output, errors } = await runCommand(['compose', ...given])
  expect({ code, errors }).toEqual({ code: 0, errors: '' })
  expect(output).toMatch(/^type File @join__type\(graph: NORTH\) @join__type\(graph: SOUTH\)/m)
})

test('two connectors of one name are refused', async () => {
  const given = [await document('one/library.json'), await document('two/library.json')]
  const { code, output, errors } = await runCommand(['compose', ...given])
  expect({ code, output }).toEqual({ code: 1, output: '' })
  expect(errors).toMatch(/^There are two connectors called "library": /)
})

test('the hub’s own name is refused', async () => {
  const { code, errors } = await runCommand(['compose', await document('hub.json')])
  expect(code).toBe(1)
  expect(errors).toMatch(/^A connector cannot be called "hub"/)
})

test.each([
  ['a name that nobody has', ['compose', 'nosuch'], 1, /^There is no connector "nosuch"/],
  ['what cannot be read', ['compose', 'README.md'], 1, /^The connector "readme" cannot be read/],
  ['an address that is none', ['compose', '--url', 'hub.example.com'], 2, /^--url must begin with http/],
  ['an option that is none', ['compose', '--ulr', 'x'], 2, /--ulr/],
  ['an option of another command', ['schema', 'sql', '--url', 'http://h'], 2, /^Usage: /],
])('%s: exit code and a sentence', async (_what, given, exit, says) => {
  const { code, output, errors } = await runCommand(given)
  expect({ code, output }).toEqual({ code: exit, output: '' })
  expect(errors).toMatch(says)
})

test('what does not compose is said in sentences that name the connector', async () => {
  const subgraph = (name: string, sdl: string) => ({ name, url: `http://hub/${name}`, typeDefs: parse(sdl) })
  const federation = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3")'
  expect(
    await composeSupergraph([
      subgraph('hub', `${federation} type Query { viewer: String }`),
      subgraph('broken', `${federation} type Query { broken_get: Missing }`),
    ]),
  ).toEqual({
    faults: ['The connector "broken" cannot be composed (INVALID_GRAPHQL): Unknown type Missing.'],
  })
})

const catalogue = corpus('power-platform')

describe.skipIf(!requirement('the public catalogue of connectors', existsSync(catalogue)))(
  'the public catalogue',
  () => {
    test('forty connectors, the smallest, the largest and between, compose together', {
      timeout: 300_000,
    }, async () => {
      const chosen = await bySize(catalogue, 40)
      const { code, output, errors } = await runCommand(['compose', ...chosen])
      expect({ code, errors }).toEqual({ code: 0, errors: '' })
      expect(Object.keys(graphsOf(output))).toHaveLength(41)
    })
  },
)

/** So many folders of packages, evenly spread over the sizes of their definitions; the same ones every time. */
async function bySize(root: string, count: number): Promise<readonly string[]> {
  const found = await findPackages([root])
  const sized = await Promise.all(
    found.map(async ({ folder: path }) => ({
      path,
      bytes: (await stat(join(path, 'apiDefinition.swagger.json')).catch(() => null))?.size ?? 0,
    })),
  )
  const sorted = sized
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => a.bytes - b.bytes || (a.path < b.path ? -1 : 1))
  return Array.from({ length: count }, (_, index) => {
    const at = Math.round((index * (sorted.length - 1)) / (count - 1))
    return sorted[at]!.path
  })
}

/** Addresses of the subgraphs by name. */
function graphsOf(supergraph: string): Record<string, string> {
  const graphs = supergraph.matchAll(/@join__graph\(\s*name: "(\w+)",?\s+url: "([^"]+)"\s*\)/g)
  return Object.fromEntries([...graphs].map(([, name = '', url = '']) => [name, url]))
}
