// All installed connectors: the bundled ones, those in the configured folders, and those that people imported.
// One that cannot be read or compiled is quarantined with its diagnostics; it never hurts the others.
import { eq } from 'drizzle-orm'
import {
  type ConnectorDefinition,
  type Diagnostic,
  findPackages,
  readDocument,
  readPackage,
} from '../../definition/index.ts'
import { JunctorError } from '../../errors.ts'
import { type Store, schema } from '../../store/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Compiled } from './artifact-cache.ts'
import type { Entry, Origin } from './entry.ts'

export interface ImportInput {
  readonly name: string
  readonly document: string
  readonly properties: string | null
  readonly replace: boolean
  readonly organizationId: string
  readonly userId: string
}

export interface Catalogue {
  get(name: string): Entry | null
  /** Sorted by name. */
  list(): readonly Entry[]
  /** Stores and serves a document. Throws BAD_INPUT where it cannot be read, CONFLICT where the name is taken. */
  import(input: ImportInput): Promise<Entry>
  /** Throws CONNECTOR_NOT_FOUND; CONFLICT for a connector that comes from a folder. */
  remove(name: string): Promise<void>
}

interface Options {
  readonly store: Store
  readonly bundledFolder: string
  readonly folders: readonly string[]
  readonly compiled: (definition: ConnectorDefinition) => Promise<Compiled>
  readonly logger: Logger
}

/** Reads and compiles everything that is installed. */
export async function openCatalogue(options: Options): Promise<Catalogue> {
  const { store, logger } = options
  const entries = new Map<string, Entry>()

  async function enter(
    name: string,
    origin: Origin,
    read: { definition: ConnectorDefinition | null; diagnostics: readonly Diagnostic[] },
  ) {
    const entry = await compileEntry(name, origin, read, options.compiled)
    entries.set(name, entry)
    if (!entry.artifact)
      logger.warn(
        { connector: name, diagnostics: entry.diagnostics.slice(0, 5) },
        'A connector is quarantined.',
      )
    return entry
  }

  const enterFolders = async (folders: readonly string[], kind: 'bundled' | 'folder') => {
    for (const found of await findPackages(folders)) {
      const taken = entries.get(found.name)
      if (taken) {
        logger.warn(
          { connector: found.name, folder: found.folder },
          'A connector of this name is installed already; this folder is left out.',
        )
        continue
      }
      const read = await readPackage(found.folder, { name: found.name })
      const diagnostics = [...found.diagnostics, ...read.diagnostics]
      await enter(found.name, { kind, folder: found.folder }, { definition: read.definition, diagnostics })
    }
  }

  await enterFolders([options.bundledFolder], 'bundled')
  await enterFolders(options.folders, 'folder')
  for (const row of await store.db.select().from(schema.connector).orderBy(schema.connector.name)) {
    if (entries.has(row.name)) {
      logger.warn({ connector: row.name }, 'An imported connector is hidden by a folder of the same name.')
      continue
    }
    const origin: Origin = { kind: 'imported', organizationId: row.organizationId, createdBy: row.createdBy }
    await enter(row.name, origin, readDocument(row))
  }

  return {
    get: name => entries.get(name) ?? null,
    list: () => [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),

    async import(input) {
      const present = entries.get(input.name)
      refuseName(input, present ?? null)
      const read = readDocument(input)
      if (!read.definition) throw unreadable(input.name, read.diagnostics)
      const { name, document, properties, organizationId, userId } = input
      await store.db
        .insert(schema.connector)
        .values({ name, document, properties, organizationId, createdBy: userId })
        .onConflictDoUpdate({
          target: schema.connector.name,
          set: { document, properties, updatedAt: new Date() },
        })
      return enter(name, { kind: 'imported', organizationId, createdBy: userId }, read)
    },

    async remove(name) {
      const present = entries.get(name)
      if (!present) throw new JunctorError('CONNECTOR_NOT_FOUND', `There is no connector named "${name}".`)
      if (present.origin.kind !== 'imported')
        throw new JunctorError(
          'CONFLICT',
          `The connector "${name}" comes from the folder ${present.origin.folder}; remove the folder instead.`,
        )
      await store.db.delete(schema.connector).where(eq(schema.connector.name, name))
      entries.delete(name)
    },
  }
}

async function compileEntry(
  name: string,
  origin: Origin,
  read: { definition: ConnectorDefinition | null; diagnostics: readonly Diagnostic[] },
  compiled: Options['compiled'],
): Promise<Entry> {
  if (!read.definition)
    return { name, origin, definition: null, artifact: null, diagnostics: read.diagnostics }
  try {
    const result = await compiled(read.definition)
    return {
      name,
      origin,
      definition: read.definition,
      artifact: result.artifact,
      diagnostics: [...read.diagnostics, ...result.diagnostics],
    }
  } catch (error) {
    const message = `The connector could not be turned into GraphQL: ${error instanceof Error ? error.message : String(error)}`
    const failure: Diagnostic = { severity: 'ERROR', code: 'COMPILE_FAILED', message }
    return {
      name,
      origin,
      definition: read.definition,
      artifact: null,
      diagnostics: [...read.diagnostics, failure],
    }
  }
}

const reservedNames = new Set(['hub', 'query', 'mutation', 'subscription'])

function refuseName(input: ImportInput, present: Entry | null): void {
  if (!/^[a-z][a-z0-9]{0,62}$/.test(input.name) || reservedNames.has(input.name))
    throw new JunctorError(
      'BAD_INPUT',
      `"${input.name}" cannot name a connector: use 1 to 63 lower-case letters and digits, beginning with a letter, and none of ${[...reservedNames].join(', ')}.`,
    )
  if (!present) return
  if (present.origin.kind !== 'imported' || present.origin.organizationId !== input.organizationId)
    throw new JunctorError('CONFLICT', `The name "${input.name}" is taken; choose another.`)
  if (!input.replace)
    throw new JunctorError(
      'CONFLICT',
      `The connector "${input.name}" exists; pass replace: true to replace it.`,
    )
}

function unreadable(name: string, diagnostics: readonly Diagnostic[]): JunctorError {
  const first = diagnostics.find(diagnostic => diagnostic.severity === 'ERROR')
  return new JunctorError(
    'BAD_INPUT',
    `The document for "${name}" cannot be read. ${first?.message ?? 'It holds no API.'}`,
    {
      details: { diagnostics },
    },
  )
}
