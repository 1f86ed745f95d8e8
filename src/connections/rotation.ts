// Rotation: what older keys sealed is sealed again with the current one, while everything goes on being used.
import { and, asc, eq, not, sql } from 'drizzle-orm'
import { isJunctorError } from '../errors.ts'
import { schema } from '../store/index.ts'
import type { Connections } from './connections.ts'
import type { ConnectionsOptions } from './dependencies.ts'
import { sealContext } from './record.ts'

export interface Resealed {
  readonly resealed: number
  /** Connections with a credential that no configured key opens: to be entered again. */
  readonly broken: readonly string[]
}

const { connection, credential } = schema
const batch = 100

export function createRotation({ store, vault }: ConnectionsOptions): Pick<Connections, 'reseal'> {
  /** One batch behind the position, in one transaction; the rows are locked, so that no newer credential is lost. */
  async function resealBatch(after: readonly [string, string] | null) {
    return store.db.transaction(async db => {
      const stale = await db
        .select({ credential, organizationId: connection.organizationId })
        .from(credential)
        .innerJoin(connection, eq(connection.id, credential.connectionId))
        .where(
          and(
            not(sql`starts_with(${credential.sealed}, ${vault.currentPrefix})`),
            after === null
              ? undefined
              : sql`(${credential.connectionId}, ${credential.name}) > (${after[0]}::uuid, ${after[1]}::text)`,
          ),
        )
        .orderBy(asc(credential.connectionId), asc(credential.name))
        .limit(batch)
        .for('update', { of: credential })
      const broken: string[] = []
      for (const { credential: row, organizationId } of stale) {
        const context = sealContext({ id: row.connectionId, organizationId }, row.name)
        try {
          await db
            .update(credential)
            .set({ sealed: vault.seal(vault.open(row.sealed, context), context) })
            .where(and(eq(credential.connectionId, row.connectionId), eq(credential.name, row.name)))
        } catch (error) {
          if (!isJunctorError(error)) throw error
          broken.push(row.connectionId)
        }
      }
      return { keys: stale.map(({ credential: row }) => [row.connectionId, row.name] as const), broken }
    })
  }

  return {
    async reseal() {
      const broken: string[] = []
      let resealed = 0
      for (let after: readonly [string, string] | null = null; ; ) {
        const done = await resealBatch(after)
        broken.push(...done.broken)
        resealed += done.keys.length - done.broken.length
        after = done.keys.at(-1) ?? null
        if (done.keys.length < batch) return { resealed, broken: [...new Set(broken)] }
      }
    },
  }
}
