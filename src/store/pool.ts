// Connections to one database, whoever runs it, as a Store.
import { drizzle } from 'drizzle-orm/node-postgres'
import { type ClientConfig, Pool } from 'pg'
import { JunctorError } from '../errors.ts'
import type { Logger } from '../telemetry/index.ts'
import * as schema from './schema/index.ts'
import type { Store } from './store.ts'

export interface PoolOptions {
  readonly connection: ClientConfig
  readonly label: string
  readonly logger: Logger
}

const connections = 10
/** Milliseconds. What hangs longer than these is broken, and its caller is told. */
const timeouts = { connect: 10_000, ping: 5_000, idleInTransaction: 60_000, drain: 10_000 }

/** Opens a pool; a lost connection is logged, rejects what ran on it, and is replaced when next needed. */
export function openPool({ connection, label, logger }: PoolOptions): Store {
  const pool = new Pool({
    ...connection,
    max: connections,
    application_name: 'junctor',
    keepAlive: true,
    connectionTimeoutMillis: timeouts.connect,
    // Held open, one transaction stops vacuum and every reader of the event log behind it.
    idle_in_transaction_session_timeout: timeouts.idleInTransaction,
  })
  const log = (error: Error) => logger.warn({ error }, 'A connection to the database was lost.')
  pool.on('error', log)
  // pg-pool listens to idle clients only; between two statements of a transaction a loss would end the process.
  pool.on('connect', client => client.on('error', () => {}))
  let ended: Promise<void> | undefined
  return {
    db: drizzle(pool, { schema }),
    pool,
    label,
    async ping() {
      try {
        await pool.query({ text: 'select 1', query_timeout: timeouts.ping } as { text: string })
      } catch (cause) {
        throw new JunctorError('STORE_UNAVAILABLE', `The database ${label} does not answer: see that it runs.`, { cause })
      }
    },
    [Symbol.asyncDispose]: () => (ended ??= pool.end()),
  }
}
