// A connection as its row, and what the rest of the hub sees of it.
import { eq } from 'drizzle-orm'
import { type Queryable, schema } from '../store/index.ts'
import { notFound, type Resource } from './authorize.ts'
import type { Connection, ConnectionId, ConnectorIdentity } from './connection.ts'
import type { SealContext } from './vault.ts'

export type ConnectionRow = typeof schema.connection.$inferSelect

export function toConnection(row: ConnectionRow): Connection {
  const { updatedAt: _updatedAt, statusBefore: _statusBefore, lastTest, id, ...rest } = row
  return {
    ...rest,
    id: id as ConnectionId,
    lastTest: lastTest && { ...lastTest, at: new Date(lastTest.at) },
  }
}

/** The connector that a connection was made for. */
export function connectorOf({ connector, importId }: ConnectorIdentity): Resource {
  return { kind: 'CONNECTOR', connector, importId }
}

/** The row, locked until the transaction ends where `lock` says so. Throws CONNECTION_NOT_FOUND. */
export async function readRow(db: Queryable, id: string, lock?: 'lock'): Promise<ConnectionRow> {
  const query = db.select().from(schema.connection).where(eq(schema.connection.id, id))
  const [row] = await (lock ? query.for('update') : query)
  if (!row) throw notFound({ kind: 'CONNECTION', id })
  return row
}

/**
 * The row and its credentials as one moment has them: where a connection leads never goes with what another moment
 * has for it. Throws CONNECTION_NOT_FOUND.
 */
export async function readWithCredentials(db: Queryable, id: string) {
  const { connection, credential } = schema
  const rows = await db
    .select()
    .from(connection)
    .leftJoin(credential, eq(credential.connectionId, connection.id))
    .where(eq(connection.id, id))
  const row = rows[0]?.connection
  if (!row) throw notFound({ kind: 'CONNECTION', id })
  return { row, credentials: rows.flatMap(each => each.credential ?? []) }
}

/** Where the credential of that name is sealed. */
export function sealContext(
  { id, organizationId }: Pick<ConnectionRow, 'id' | 'organizationId'>,
  name: string,
): SealContext {
  return { table: 'credential', row: `${id}/${name}`, column: 'sealed', tenant: organizationId }
}

/** Text to compare with what is stored: PostgreSQL refuses a NUL even in a comparison, and nothing stored has one. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\u{fffd}')
}
