// What is installed: folders and imported documents, found without reading them.
import { readdir, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { eq } from 'drizzle-orm'
import type { ConnectorIdentity } from '../../connections/index.ts'
import { type Diagnostic, type FoundPackage, findPackages } from '../../definition/index.ts'
import { type Store, schema } from '../../store/index.ts'
import type { Source } from './compiled.ts'

/** Where a connector came from. */
export type Origin =
  | { readonly kind: 'bundled'; readonly folder: string }
  | { readonly kind: 'folder'; readonly folder: string }
  | {
      readonly kind: 'imported'
      readonly importId: string
      readonly organizationId: string
    }

/** Tells a connector from whatever else has or had its name. */
export function identityOf({ name, origin }: Pick<Installed, 'name' | 'origin'>): ConnectorIdentity {
  return { connector: name, importId: origin.kind === 'imported' ? origin.importId : null }
}

export interface Installed {
  readonly name: string
  readonly origin: Origin
  /** Changes when the source does. */
  readonly stamp: string
  /** What the operator should know of its finding. */
  readonly diagnostics: readonly Diagnostic[]
  source(): Promise<Source>
}

/**
 * Packages in folders, named together as the commands name them: of two that share a name the later one gets another,
 * and those that ship with the hub come first.
 */
export async function installedFolders(roots: {
  readonly bundled: readonly string[]
  readonly folder: readonly string[]
}): Promise<Record<'bundled' | 'folder', readonly Installed[]>> {
  const found = await findPackages([...roots.bundled, ...roots.folder])
  const bundled = roots.bundled.map(root => resolve(root))
  const all = await Promise.all(
    found.map(one => {
      const ships = bundled.some(root => one.folder === root || one.folder.startsWith(root + sep))
      return installedFolder(one, ships ? 'bundled' : 'folder')
    }),
  )
  const of = (kind: Origin['kind']) => all.filter(one => one !== null).filter(one => one.origin.kind === kind)
  return { bundled: of('bundled'), folder: of('folder') }
}

/** Null for a folder that was removed while it was looked at. */
async function installedFolder(
  { name, folder, diagnostics }: FoundPackage,
  kind: 'bundled' | 'folder',
): Promise<Installed | null> {
  const stamp = await stampOf(folder)
  if (stamp === null) return null
  return {
    name,
    origin: { kind, folder },
    stamp,
    diagnostics,
    source: async () => ({ kind: 'folder', folder }),
  }
}

/** Sizes and times of the folder's own files: enough to notice an edit, cheap for a thousand folders. */
async function stampOf(folder: string): Promise<string | null> {
  try {
    const names = (await readdir(folder)).filter(name => /\.(json|ya?ml|csx|cs|ts)$/i.test(name)).sort()
    const files = await Promise.all(
      names.map(async name => ({ name, stats: await stat(join(folder, name)) })),
    )
    const texts = files.filter(({ stats }) => stats.isFile())
    return [folder, ...texts.map(({ name, stats }) => `${name}:${stats.size}:${stats.mtimeMs}`)].join('|')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** The imported connectors of every organization, without their documents. */
export async function installedImports(store: Store): Promise<readonly Installed[]> {
  const { connector } = schema
  const { id, name, organizationId, updatedAt } = connector
  const rows = await store.db.select({ id, name, organizationId, updatedAt }).from(connector).orderBy(name)
  return rows.map(row => installedImport(store, row))
}

interface ImportedRow {
  readonly id: string
  readonly name: string
  readonly organizationId: string
  readonly updatedAt: Date
}

export function installedImport(store: Store, row: ImportedRow): Installed {
  const { connector } = schema
  return {
    name: row.name,
    origin: { kind: 'imported', importId: row.id, organizationId: row.organizationId },
    stamp: `imported|${row.name}|${row.id}|${row.updatedAt.toISOString()}`,
    diagnostics: [],
    async source() {
      const [stored] = await store.db.select().from(connector).where(eq(connector.id, row.id))
      return { kind: 'document', document: stored?.document ?? '', properties: stored?.properties ?? null }
    },
  }
}
