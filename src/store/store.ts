// What an open store is, whichever engine runs it.
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'
import type { JunctorError } from '../errors.ts'
import type * as schema from './schema/index.ts'

export type Database = NodePgDatabase<typeof schema>
/** A transaction, or the database itself: what a query needs. */
export type Queryable = Pick<
  Database,
  'select' | 'insert' | 'update' | 'delete' | 'execute' | 'with' | '$with'
>

export interface Store extends AsyncDisposable {
  readonly db: Database
  /** For what drizzle has no words for: LISTEN, advisory locks. */
  readonly pool: Pool
  /** Connection string of this store without a password, for messages to the operator. */
  readonly label: string
  /** Resolves when the database answers; rejects with STORE_UNAVAILABLE. */
  ping(): Promise<void>
  /**
   * Resolves, with the reason, when this store is gone for good: another hub took the data folder after a crash.
   * Nothing is read or written any more; end the hub.
   */
  readonly lost: Promise<JunctorError>
}
