// Importing a document as a connector of an organization, and removing it again.
import { eq } from 'drizzle-orm'
import { authorize } from '../../connections/index.ts'
import { JunctorError } from '../../errors.ts'
import type { Actor } from '../../identity/index.ts'
import { type Store, schema } from '../../store/index.ts'
import type { Catalogue, Entry, LoadedConnector } from './catalogue.ts'
import { installedImport } from './installed.ts'

export interface ImportInput {
  readonly name: string
  readonly document: string
  readonly properties: string | null
  readonly replace: boolean
}

/** The first part of a root field's name must not be one of these. */
const reservedNames = new Set(['hub', 'query', 'mutation', 'subscription'])

export function createImports({ store, catalogue }: { store: Store; catalogue: Catalogue }) {
  return {
    /** Stores and serves a document. Throws BAD_INPUT where it cannot be read, CONFLICT where the name is taken. */
    async import(actor: Actor, input: ImportInput): Promise<LoadedConnector> {
      await refuseName(store, actor, input, catalogue.get(input.name))
      const { name, document, properties } = input
      const compiled = await catalogue.trial(name, { kind: 'document', document, properties })
      if (!compiled.definition) {
        const first = compiled.diagnostics.find(diagnostic => diagnostic.severity === 'ERROR')
        throw new JunctorError(
          'BAD_INPUT',
          `The document for "${name}" cannot be read. ${first?.message ?? 'It holds no API.'}`,
          {
            details: { diagnostics: compiled.diagnostics },
          },
        )
      }
      const updatedAt = new Date()
      const [row] = await store.db
        .insert(schema.connector)
        .values({
          name,
          document,
          properties,
          organizationId: actor.organizationId,
          createdBy: actor.userId,
          updatedAt,
        })
        .onConflictDoUpdate({
          target: schema.connector.name,
          set: { document, properties, updatedAt },
          // Another organization may have taken the name meanwhile.
          setWhere: eq(schema.connector.organizationId, actor.organizationId),
        })
        .returning()
      if (!row) throw nameTaken(name)
      return catalogue.put(installedImport(store, row), compiled)
    },

    /** Throws CONFLICT for a connector that comes from a folder, FORBIDDEN for somebody else's. */
    async remove(actor: Actor, entry: Entry): Promise<void> {
      const { name, origin } = entry
      if (origin.kind !== 'imported')
        throw new JunctorError(
          'CONFLICT',
          `The connector "${name}" comes from the folder ${origin.folder}; remove the folder instead.`,
        )
      await authorize(store.db, actor, 'connector.delete', { kind: 'CONNECTOR', id: name })
      await store.db.delete(schema.connector).where(eq(schema.connector.name, name))
      catalogue.drop(name)
    },
  }
}

export type Imports = ReturnType<typeof createImports>

function nameTaken(name: string): JunctorError {
  return new JunctorError('CONFLICT', `The name "${name}" is taken; choose another.`)
}

async function refuseName(
  store: Store,
  actor: Actor,
  input: ImportInput,
  present: Entry | null,
): Promise<void> {
  if (!/^[a-z][a-z0-9]{0,62}$/.test(input.name) || reservedNames.has(input.name))
    throw new JunctorError(
      'BAD_INPUT',
      `"${input.name}" cannot name a connector: use 1 to 63 lower-case letters and digits, beginning with a letter, and none of ${[...reservedNames].join(', ')}.`,
    )
  if (!present) return
  if (present.origin.kind !== 'imported' || present.origin.organizationId !== actor.organizationId)
    throw nameTaken(input.name)
  if (!input.replace)
    throw new JunctorError(
      'CONFLICT',
      `The connector "${input.name}" exists; pass replace: true to replace it.`,
    )
  // Whoever may replace it could send the credentials of everybody's connections elsewhere.
  await authorize(store.db, actor, 'connector.update', { kind: 'CONNECTOR', id: input.name })
}
