// What is installed: folders and imported documents, found without reading them.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { findPackages } from '../../definition/index.ts'
import { type Store, schema } from '../../store/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Source } from './compiled.ts'

/** Where a connector came from. */
export type Origin =
  | { readonly kind: 'bundled'; readonly folder: string }
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'imported'; readonly organizationId: string; readonly createdBy: string | null }

export interface Installed {
  readonly name: string
  readonly origin: Origin
  /** Changes when the source does. */
  readonly stamp: string
  source(): Promise<Source>
}

/** Packages in folders; of two that share a name the first folder's is taken. */
export async function installedFolders(
  folders: readonly string[],
  kind: 'bundled' | 'folder',
  logger: Logger,
): Promise<readonly Installed[]> {
  const found = new Map<string, Installed>()
  for (const { name, folder, diagnostics } of await findPackages(folders)) {
    for (const diagnostic of diagnostics) logger.warn({ connector: name, folder }, diagnostic.message)
    found.set(name, {
      name,
      origin: { kind, folder },
      stamp: await stampOf(folder),
      source: async () => ({ kind: 'folder', folder }),
    })
  }
  return [...found.values()]
}

/** Sizes and times of the folder's own files: enough to notice an edit, cheap for a thousand folders. */
async function stampOf(folder: string): Promise<string> {
  const names = (await readdir(folder)).sort()
  const files = await Promise.all(names.map(async name => ({ name, stats: await stat(join(folder, name)) })))
  const texts = files.filter(({ name, stats }) => stats.isFile() && /\.(json|ya?ml|csx|cs|ts)$/i.test(name))
  return [folder, ...texts.map(({ name, stats }) => `${name}:${stats.size}:${stats.mtimeMs}`)].join('|')
}

export async function installedImports(store: Store): Promise<readonly Installed[]> {
  const { connector } = schema
  const { name, organizationId, createdBy, updatedAt } = connector
  const rows = await store.db
    .select({ name, organizationId, createdBy, updatedAt })
    .from(connector)
    .orderBy(name)
  return rows.map(row => installedImport(store, row))
}

interface ImportedRow {
  readonly name: string
  readonly organizationId: string
  readonly createdBy: string | null
  readonly updatedAt: Date
}

export function installedImport(store: Store, row: ImportedRow): Installed {
  const { connector } = schema
  return {
    name: row.name,
    origin: { kind: 'imported', organizationId: row.organizationId, createdBy: row.createdBy },
    stamp: `imported|${row.name}|${row.updatedAt.toISOString()}`,
    async source() {
      const [stored] = await store.db.select().from(connector).where(eq(connector.name, row.name))
      return { kind: 'document', document: stored?.document ?? '', properties: stored?.properties ?? null }
    },
  }
}
