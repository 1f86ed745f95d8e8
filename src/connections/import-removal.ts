// What becomes of an import's connections and grants when it is removed.
import { and, eq, inArray } from 'drizzle-orm'
import { type Queryable, schema } from '../store/index.ts'

const { accessGrant, connection, connectionDefault, credential } = schema

/**
 * Call it in the transaction that removes the import. Its connections stay to be seen and deleted, REVOKED and without
 * credential: what was entered for this import goes to no other, whatever name that has.
 */
export async function revokeImport(db: Queryable, importId: string): Promise<void> {
  const revoked = await db
    .update(connection)
    .set({ status: 'REVOKED', statusReason: 'Its connector was removed.', secretNames: [] })
    .where(eq(connection.importId, importId))
    .returning({ id: connection.id })
  const ids = revoked.map(({ id }) => id)
  await db.delete(credential).where(inArray(credential.connectionId, ids))
  await db.delete(connectionDefault).where(inArray(connectionDefault.connectionId, ids))
  await db
    .delete(accessGrant)
    .where(and(eq(accessGrant.resourceKind, 'CONNECTOR'), eq(accessGrant.resourceId, importId)))
}
