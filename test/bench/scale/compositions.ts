// Everything in one graph at once: by the hub's own `compose`, and by GraphQL Mesh's command line on the same files.
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { findPackages } from '../../../src/definition/index.ts'
import { bounded, type Outcome } from './bounded.ts'

const root = join(import.meta.dirname, '../../..')
const meshFolder = join(import.meta.dirname, '../mesh')
const meshProgram = join(import.meta.dirname, '../node_modules/@graphql-mesh/compose-cli/esm/bin.js')
const limits = { seconds: 600, megabytes: 8192 }
/** Mesh is given ever more of the files that it can take part with, to show how its cost grows. */
const meshSteps = [50, 100, 200, 400]

export interface Composition {
  readonly what: string
  readonly outcome: Outcome
  /** Of the supergraph; null where there is none. */
  readonly megabytes: number | null
  /** Its first complaint, where it had one. */
  readonly complaint: string
}

interface NamedFile {
  readonly name: string
  readonly file: string
}

/** Measures all of them, one after the other, in processes of their own. */
export async function measureCompositions(connectors: string, work: string): Promise<readonly Composition[]> {
  const packages = await filesOf(connectors)
  const done = [await byHub(packages, connectors, work)]
  done.push(await byMesh(packages, `Mesh, all ${packages.length} files as they are`, work))
  const list = await writeList(packages, work)
  const found = await bounded({
    arguments: [join(meshFolder, 'find-loadable.mjs')],
    cwd: meshFolder,
    env: { BENCH_PACKAGES: list },
    ...limits,
  })
  const names = new Set<unknown>(found.ending === 'finished' ? JSON.parse(found.stdout) : [])
  const loadable = packages.filter(({ name }) => names.has(name))
  for (const size of [...meshSteps.filter(step => step < loadable.length), loadable.length])
    done.push(
      await byMesh(loadable.slice(0, size), `Mesh, ${size} of the ${loadable.length} that it can use`, work),
    )
  return done
}

async function byHub(packages: readonly NamedFile[], connectors: string, work: string): Promise<Composition> {
  const outcome = await bounded({
    arguments: ['src/main.ts', 'compose', ...packages.map(({ name }) => name)],
    cwd: root,
    env: { JUNCTOR_CONNECTORS: connectors, JUNCTOR_DATA: join(work, 'compose') },
    ...limits,
  })
  const megabytes = outcome.ending === 'finished' ? Buffer.byteLength(outcome.stdout) / 1e6 : null
  const what = `Junctor, all ${packages.length} and the hub itself`
  return { what, outcome, megabytes, complaint: complaintOf(outcome) }
}

async function byMesh(packages: readonly NamedFile[], what: string, work: string): Promise<Composition> {
  const output = join(work, 'mesh.graphql')
  const outcome = await bounded({
    arguments: [meshProgram, '-c', join(meshFolder, 'mesh.config.mjs'), '-o', output],
    cwd: meshFolder,
    env: { BENCH_PACKAGES: await writeList(packages, work) },
    ...limits,
  })
  const megabytes = outcome.ending === 'finished' ? (await stat(output)).size / 1e6 : null
  return { what, outcome, megabytes, complaint: complaintOf(outcome) }
}

async function writeList(packages: readonly NamedFile[], work: string): Promise<string> {
  const path = join(work, 'packages.json')
  await writeFile(path, JSON.stringify(packages))
  return path
}

async function filesOf(connectors: string): Promise<readonly NamedFile[]> {
  const found = await findPackages([connectors])
  const named = await Promise.all(
    found.map(async ({ name, folder }) => {
      const file = (await readdir(folder)).find(candidate => /\.swagger\.json$/i.test(candidate))
      return file === undefined ? [] : [{ name, file: join(folder, file) }]
    }),
  )
  return named.flat()
}

/** The first line that says what went wrong, without colours and times. */
function complaintOf({ ending, stdout, stderr }: Outcome): string {
  if (ending === 'finished') return ''
  const lines = `${stderr}\n${stdout.length < 100_000 ? stdout : ''}`
    .split('\n')
    .map(line => stripVTControlCharacters(line).trim())
  const telling =
    lines.find(line => /mismatched|incompatible|Unable|Error:|cannot be/.test(line)) ?? lines[0] ?? ''
  return telling.replace(/^\[[^\]]*\]\s*/, '').slice(0, 160)
}
