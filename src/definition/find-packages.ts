// Folders of connectors → their packages and the names they get, in an order and by a rule that only paths decide.
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { Diagnostic } from './diagnostic.ts'
import { quoted } from './findings.ts'
import { classify, entries } from './package-files.ts'
import { slug } from './slug.ts'

export interface FoundPackage {
  /** Absolute. */
  readonly folder: string
  /** Unique among all that were found together. */
  readonly name: string
  readonly diagnostics: readonly Diagnostic[]
}

/** Categories, vendors, connectors: nobody nests deeper on purpose. */
const deepest = 8

/**
 * Searches the folders, which may be packages themselves, for packages; what lies below a package is searched too. A
 * folder that means to be a package and cannot be read as one is among them: reading it tells why.
 * Of packages with equal slugs the first one, by position of its root and then by path, keeps it; a later one gets
 * its parent folder's slug appended, and NAME_DUPLICATE. Throws NOT_FOUND for a folder that cannot be read.
 */
export async function findPackages(folders: readonly string[]): Promise<readonly FoundPackage[]> {
  const found: string[] = []
  for (const root of folders.map(folder => resolve(folder))) {
    const below = await search(root, 0)
    below.sort((a, b) => compare(pathKey(root, a), pathKey(root, b)))
    found.push(...below)
  }
  return named([...new Set(found)])
}

async function search(folder: string, depth: number): Promise<string[]> {
  const found = await entries(folder)
  const { definition, problem } = classify(folder, found)
  const below = definition !== null || problem !== null ? [folder] : []
  if (depth >= deepest) return below
  const searched = found.folders.filter(name => !name.startsWith('.') && name !== 'node_modules')
  for (const name of searched) below.push(...(await search(join(folder, name), depth + 1)))
  return below
}

/** Sorts alike on every system. */
function pathKey(root: string, folder: string): string {
  return relative(root, folder).split(sep).join('/')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function named(folders: readonly string[]): readonly FoundPackage[] {
  // First holders first, so that no appended name takes one that another folder has by itself.
  const owner = new Map<string, string>()
  for (const folder of folders) {
    const own = slug(basename(folder))
    if (!owner.has(own)) owner.set(own, folder)
  }
  return folders.map(folder => {
    const own = slug(basename(folder))
    if (owner.get(own) === folder) return { folder, name: own, diagnostics: [] }
    const wanted = `${own}${slug(basename(dirname(folder)))}`
    let name = wanted
    for (let suffix = 2; owner.has(name); suffix++) name = `${wanted}${suffix}`
    owner.set(name, folder)
    const message = `Another connector is called ${quoted(own)}; this one is called ${quoted(name)}.`
    return { folder, name, diagnostics: [{ severity: 'WARNING', code: 'NAME_DUPLICATE', message }] }
  })
}
