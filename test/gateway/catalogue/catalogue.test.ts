// The catalogue over restarts and changes: what is compiled again, what is not, and who serves under a name.
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { createArtifactFiles } from '../../../src/gateway/catalogue/artifact-files.ts'
import { type Catalogue, openCatalogue } from '../../../src/gateway/catalogue/catalogue.ts'
import { compileSource } from '../../../src/gateway/catalogue/compile-connector.ts'
import type { Compiler } from '../../../src/gateway/catalogue/compiler.ts'
import { createIndexFile } from '../../../src/gateway/catalogue/index-file.ts'
import { type Installed, installedFolders } from '../../../src/gateway/catalogue/installed.ts'
import { createLogger } from '../../../src/telemetry/index.ts'
import { apiDocument } from '../live/upstream.ts'

let root: string
let dataFolder: string
let folder: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'junctor-catalogue-'))
  dataFolder = join(root, 'data')
  folder = join(root, 'connectors')
  await mkdir(dataFolder)
  await write('Alpha', apiDocument('old', 'The alpha'))
  await write('Beta', apiDocument('old'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function write(name: string, document: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, name, 'apiDefinition.swagger.json'), document)
}

const artifacts = () => join(dataFolder, 'artifacts')
const fileOf = async (name: string): Promise<string> => {
  const found = (await readdir(artifacts())).find(file => file.startsWith(`${name}-`))
  return join(artifacts(), found ?? '')
}

interface Run extends AsyncDisposable {
  readonly catalogue: Catalogue
  /** Names of what was compiled, in the order in which it began. */
  readonly compiled: readonly string[]
  rescan(): Promise<void>
}

/** Opens a catalogue as a start of the hub does. Compiling is real, in this process. */
async function start(
  options: { imported?: readonly Installed[]; folders?: readonly string[] } = {},
): Promise<Run> {
  const logger = createLogger('silent')
  const compiled: string[] = []
  const compiler: Compiler = {
    warm: () => undefined,
    compile(name, source) {
      compiled.push(name)
      return { done: compileSource(name, source), hurry: () => undefined }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
  const read = async () =>
    (await installedFolders({ bundled: [], folder: options.folders ?? [folder] })).folder
  const index = createIndexFile({ dataFolder, logger })
  const catalogue = openCatalogue({
    installed: { bundled: [], folder: await read(), imported: options.imported ?? [] },
    compiler,
    files: createArtifactFiles({ dataFolder, clock: systemClock, logger }),
    index,
    logger,
  })
  return {
    catalogue,
    compiled,
    rescan: async () => catalogue.replaceAll('folder', await read()),
    async [Symbol.asyncDispose]() {
      for (const entry of catalogue.list()) await catalogue.load(entry.name)
      await expect.poll(() => indexed(catalogue)).toBe(true)
      await index[Symbol.asyncDispose]()
    },
  }
}

/** True when the index on disk says what the catalogue says. */
async function indexed(catalogue: Catalogue): Promise<boolean> {
  const text = await readFile(join(artifacts(), 'index.json'), 'utf8').catch(() => '{"connectors":{}}')
  const { connectors } = JSON.parse(text) as {
    connectors: Record<string, { summary: { artifact: string | null } }>
  }
  const summaries = await Promise.all(catalogue.list().map(entry => catalogue.summary(entry)))
  return catalogue.list().every(({ name }, at) => {
    const held = summaries[at]
    const known = connectors[name]?.summary
    return known !== undefined && (held?.status === 'QUARANTINED' || known.artifact !== null)
  })
}

/** What a first run leaves behind. */
async function firstRun(): Promise<void> {
  await using run = await start()
  expect([...run.compiled].sort()).toEqual(['alpha', 'beta'])
}

async function serves(catalogue: Catalogue, name: string): Promise<string | undefined> {
  return (await catalogue.load(name))?.artifact?.sdl
}

const importId = randomUUID()

function imported(name: string, member: string): Installed {
  return {
    name,
    origin: { kind: 'imported', importId, organizationId: 'acme' },
    stamp: `imported|${name}|${member}`,
    diagnostics: [],
    source: async () => ({ kind: 'document', document: apiDocument(member), properties: null }),
  }
}

test('a second start compiles nothing, and knows titles and states without reading an artifact', async () => {
  await firstRun()
  await rm(await fileOf('alpha'))
  const run = await start()
  const alpha = run.catalogue.get('alpha')
  expect(await run.catalogue.summary(alpha!)).toMatchObject({ title: 'The alpha' })
  expect(run.compiled).toEqual([])
})

test('a lost index: everything is compiled again', async () => {
  await firstRun()
  await rm(join(artifacts(), 'index.json'))
  await using run = await start()
  expect([...run.compiled].sort()).toEqual(['alpha', 'beta'])
})

test.each([
  ['gone', (file: string) => rm(file)],
  ['cut off', async (file: string) => writeFile(file, (await readFile(file, 'utf8')).slice(0, 100))],
  ['something else', (file: string) => writeFile(file, '[]')],
])('an artifact that is %s is compiled again when it is used', async (_what, damage) => {
  await firstRun()
  await damage(await fileOf('alpha'))
  {
    await using run = await start()
    expect(await serves(run.catalogue, 'alpha')).toContain('alpha_getNow')
    expect(run.compiled).toEqual(['alpha'])
  }
  await using run = await start()
  expect(await serves(run.catalogue, 'alpha')).toContain('alpha_getNow')
  expect(run.compiled).toEqual([])
})

test('another version of the compiler compiles everything again', async () => {
  await firstRun()
  const path = join(artifacts(), 'index.json')
  const index = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...index, compilerVersion: index.compilerVersion + 1 }))
  await using run = await start()
  expect([...run.compiled].sort()).toEqual(['alpha', 'beta'])
})

test('a package that was touched is compiled again, and no other', async () => {
  await firstRun()
  const file = join(folder, 'Alpha', 'apiDefinition.swagger.json')
  await utimes(file, new Date(0), new Date(0))
  await using run = await start()
  expect(run.compiled).toEqual(['alpha'])
})

test('of two packages with one name the first folder’s keeps it, the other gets its own; both serve', async () => {
  const second = join(root, 'more')
  await mkdir(join(second, 'Alpha'), { recursive: true })
  await writeFile(join(second, 'Alpha', 'apiDefinition.swagger.json'), apiDocument('second'))
  await using run = await start({ folders: [folder, second] })
  expect(run.catalogue.list().map(({ name }) => name)).toEqual(['alpha', 'alphamore', 'beta'])
  expect(await serves(run.catalogue, 'alpha')).toContain('old')
  expect(await serves(run.catalogue, 'alphamore')).toContain('second')
})

test('a folder hides an import of its name, uncompiled, and gives it back', async () => {
  await using run = await start({ imported: [imported('alpha', 'mine')] })
  expect(run.catalogue.get('alpha')?.origin.kind).toBe('folder')
  expect(await serves(run.catalogue, 'alpha')).toContain('old')
  expect(run.compiled.filter(name => name === 'alpha')).toHaveLength(1)
  await rm(join(folder, 'Alpha'), { recursive: true })
  await run.rescan()
  expect(run.catalogue.get('alpha')?.origin.kind).toBe('imported')
  expect(await serves(run.catalogue, 'alpha')).toContain('mine')
})

test('a rescan touches what changed and nothing else', async () => {
  await using run = await start()
  await Promise.all(run.catalogue.list().map(({ name }) => run.catalogue.load(name)))
  const before = { alpha: run.catalogue.get('alpha'), beta: run.catalogue.get('beta') }
  const loaded = await run.catalogue.load('beta')
  const changes: string[] = []
  run.catalogue.onChange(name => changes.push(name))
  await write('Alpha', apiDocument('other', 'The alpha that was edited'))
  await run.rescan()
  expect(changes).toEqual(['alpha'])
  expect(run.catalogue.get('alpha')).not.toBe(before.alpha)
  expect(run.catalogue.get('beta')).toBe(before.beta)
  expect(await run.catalogue.load('beta')).toBe(loaded)
  expect(await serves(run.catalogue, 'alpha')).toContain('other')
})

test('a broken edit is quarantined and a mended one serves', async () => {
  await using run = await start()
  await write('Alpha', '{ "swagger": <<<<')
  await run.rescan()
  expect(await run.catalogue.load('alpha')).toMatchObject({ status: 'QUARANTINED', artifact: null })
  await write('Alpha', apiDocument('mended'))
  await run.rescan()
  expect(await serves(run.catalogue, 'alpha')).toContain('mended')
})

test('an import is put, replaced, and dropped; the index forgets it', async () => {
  {
    await using run = await start()
    const first = imported('gamma', 'one')
    await run.catalogue.put(first, await run.catalogue.trial('gamma', await first.source()))
    expect(await serves(run.catalogue, 'gamma')).toContain('one')
    const second = imported('gamma', 'two')
    await run.catalogue.put(second, await run.catalogue.trial('gamma', await second.source()))
    expect(await serves(run.catalogue, 'gamma')).toContain('two')
    const gamma = { connector: 'gamma', importId }
    // Another that got the name meanwhile stays.
    expect(run.catalogue.drop({ ...gamma, importId: randomUUID() })).toBe(false)
    expect(run.catalogue.drop(gamma)).toBe(true)
    expect(run.catalogue.drop(gamma)).toBe(false)
    expect(await run.catalogue.load('gamma')).toBeNull()
  }
  const index = JSON.parse(await readFile(join(artifacts(), 'index.json'), 'utf8'))
  expect(Object.keys(index.connectors).sort()).toEqual(['alpha', 'beta'])
})

test('artifacts that nothing uses go after a day', async () => {
  await firstRun()
  const stale = join(artifacts(), `alpha-${'0'.repeat(32)}-1.json`)
  const young = join(artifacts(), `beta-${'0'.repeat(32)}-1.json`)
  await writeFile(stale, '{}')
  await writeFile(young, '{}')
  await utimes(stale, new Date(0), new Date(0))
  await using run = await start()
  await expect
    .poll(async () => (await readdir(artifacts())).includes(`alpha-${'0'.repeat(32)}-1.json`))
    .toBe(false)
  expect(await readdir(artifacts())).toContain(`beta-${'0'.repeat(32)}-1.json`)
  expect(await serves(run.catalogue, 'alpha')).toContain('alpha_getNow')
})
