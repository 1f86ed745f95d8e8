// Importing a document as a connector of an organization, and removing it again.
import { and, eq, inArray } from 'drizzle-orm'
import { authorize, type Connections, connectorNotFound, revokeImport } from '../../connections/index.ts'
import { JunctorError } from '../../errors.ts'
import { newId } from '../../id.ts'
import type { Actor } from '../../identity/index.ts'
import { type Queryable, type Store, schema } from '../../store/index.ts'
import { endFeedsOfImport, type Triggers } from '../../triggers/index.ts'
import type { Catalogue, LoadedConnector } from './catalogue.ts'
import { type ImportInput, isConnectorName, refuseText } from './import-input.ts'
import { installedImport } from './installed.ts'

interface Options {
  readonly store: Store
  readonly catalogue: Catalogue
  readonly triggers: Pick<Triggers, 'importRemoved'>
  readonly connections: Pick<Connections, 'importRemoved'>
}

type ImportRow = typeof schema.connector.$inferSelect

const { connector } = schema

export function createImports({ store, catalogue, triggers, connections }: Options) {
  /** Throws CONFLICT where what serves is no import. */
  function refuseInstalled(name: string): void {
    const present = catalogue.get(name)
    if (present && present.origin.kind !== 'imported') throw nameTaken(name)
  }

  /** Stores a new import, or replaces the document of the one that is there, if the actor may. */
  async function write(
    actor: Actor,
    { name, document, properties, replace }: ImportInput,
  ): Promise<ImportRow> {
    const updatedAt = new Date()
    return store.db.transaction(async db => {
      const [made] = await db
        .insert(connector)
        .values({
          id: newId(),
          name,
          document,
          properties,
          organizationId: actor.organizationId,
          createdBy: actor.userId,
          updatedAt,
        })
        .onConflictDoNothing({ target: connector.name })
        .returning()
      if (made) return made
      const [present] = await db.select().from(connector).where(eq(connector.name, name)).for('update')
      if (!present) throw changedMeanwhile(name)
      await refuseReplacing(db, actor, present, replace)
      const [replaced] = await db
        .update(connector)
        .set({ document, properties, updatedAt })
        .where(eq(connector.id, present.id))
        .returning()
      if (!replaced) throw changedMeanwhile(name)
      return replaced
    })
  }

  return {
    /** Stores and serves a document. Throws BAD_INPUT where it cannot be read, CONFLICT where the name is taken. */
    async import(actor: Actor, input: ImportInput): Promise<LoadedConnector> {
      refuseText(input)
      const { name, document, properties, replace } = input
      refuseInstalled(name)
      // Compiling for somebody who is refused afterwards would be a waste; what counts is asked again when it is stored.
      const [present] = await store.db.select().from(connector).where(eq(connector.name, name))
      if (present) await refuseReplacing(store.db, actor, present, replace)
      const compiled = await catalogue.trial(name, { kind: 'document', document, properties })
      if (!compiled.definition) {
        const first = compiled.diagnostics.find(diagnostic => diagnostic.severity === 'ERROR')
        throw new JunctorError(
          'BAD_INPUT',
          `The document for "${name}" cannot be read. ${first?.message ?? 'It holds no API.'}`,
          { details: { diagnostics: compiled.diagnostics } },
        )
      }
      refuseInstalled(name)
      return catalogue.put(installedImport(store, await write(actor, input)), compiled)
    },

    /**
     * Removes the import, also one that a folder hides: its feeds end, its connections are revoked, its grants go.
     * Throws CONFLICT for a connector that comes from a folder, FORBIDDEN where the role does not reach.
     */
    async remove(actor: Actor, name: string): Promise<void> {
      if (!isConnectorName(name)) throw connectorNotFound(name)
      const [present] = await store.db
        .select({ importId: connector.id })
        .from(connector)
        .where(and(eq(connector.name, name), inArray(connector.organizationId, [...actor.organizationIds])))
      if (!present) throw notRemovable(name, catalogue)
      const { importId } = present
      const resource = { kind: 'CONNECTOR', connector: name, importId } as const
      await authorize(store.db, actor, 'connector.delete', resource)
      // What is registered at the provider is taken back while there are a definition and credentials for that.
      await triggers.importRemoved(importId)
      await store.db.transaction(async db => {
        await db.select({ id: connector.id }).from(connector).where(eq(connector.id, importId)).for('update')
        await authorize(db, actor, 'connector.delete', resource)
        // Connections before feeds, as deleting a connection locks them.
        await revokeImport(db, importId)
        await endFeedsOfImport(db, importId)
        await db.delete(connector).where(eq(connector.id, importId))
      })
      connections.importRemoved()
      catalogue.drop({ connector: name, importId })
    },
  }
}

export type Imports = ReturnType<typeof createImports>

/** Throws CONFLICT for another organization's and where replacing was not asked for, FORBIDDEN for too low a role. */
async function refuseReplacing(
  db: Queryable,
  actor: Actor,
  { id, name, organizationId }: ImportRow,
  replace: boolean,
): Promise<void> {
  if (organizationId !== actor.organizationId) throw nameTaken(name)
  if (!replace)
    throw new JunctorError('CONFLICT', `The connector "${name}" exists; pass replace: true to replace it.`)
  // Whoever may replace it could send the credentials of everybody's connections elsewhere.
  await authorize(db, actor, 'connector.update', { kind: 'CONNECTOR', connector: name, importId: id })
}

function nameTaken(name: string): JunctorError {
  return new JunctorError('CONFLICT', `The name "${name}" is taken; choose another.`)
}

function changedMeanwhile(name: string): JunctorError {
  return new JunctorError('CONFLICT', `The connector "${name}" was removed meanwhile; import it again.`)
}

function notRemovable(name: string, catalogue: Catalogue): JunctorError {
  const origin = catalogue.get(name)?.origin
  if (!origin || origin.kind === 'imported') return connectorNotFound(name)
  return new JunctorError(
    'CONFLICT',
    `The connector "${name}" comes from the folder ${origin.folder}; remove the folder instead.`,
  )
}
