// Connections to one database, whoever runs it, as a Store.
import { setTimeout as pause } from 'node:timers/promises'
import { drizzle } from 'drizzle-orm/node-postgres'
import { type ClientConfig, Pool } from 'pg'
import { JunctorError } from '../errors.ts'
import type { Logger } from '../telemetry/index.ts'
import { reasonOf } from './database-error.ts'
import * as schema from './schema/index.ts'
import type { Store } from './store.ts'

export interface PoolOptions {
  readonly connection: ClientConfig
  /** Names the database to the operator, without its password. */
  readonly label: string
  readonly logger: Logger
  /** Asked whenever a connection was made; what it throws refuses the connection. */
  readonly admit?: () => void
}

const connections = 10
/** Milliseconds. What hangs longer than these is broken, and its caller is told. */
const timeouts = { connect: 10_000, ping: 5_000, idleInTransaction: 60_000, drain: 10_000 }
const pingQuery = { text: 'select 1', query_timeout: timeouts.ping }

/** Opens a pool. A lost connection is logged, rejects what ran on it, and is replaced when one is next needed. */
export function openPool({ connection, label, logger, admit }: PoolOptions): Store {
  const pool = new Pool({
    application_name: 'junctor',
    ...connection,
    max: connections,
    keepAlive: true,
    connectionTimeoutMillis: timeouts.connect,
    // Held open, one transaction stops vacuum and every reader of the event log behind it.
    idle_in_transaction_session_timeout: timeouts.idleInTransaction,
    onConnect: admit,
  })
  pool.on('error', error => logger.warn({ error }, 'A connection to the database was lost.'))
  pool.on('connect', client =>
    client.on('error', () => {
      // pg-pool listens to idle clients only: lost between two statements of a transaction, one would end the process.
      // The next statement rejects.
    }),
  )

  async function drain(): Promise<void> {
    const ended = pool.end().then(() => true)
    if (!(await Promise.race([ended, pause(timeouts.drain, false, { ref: false })])))
      logger.warn('The database is closed while a query still runs.')
  }
  let drained: Promise<void> | undefined

  return {
    db: drizzle(pool, { schema }),
    pool,
    label,
    // A pool replaces what it loses.
    lost: new Promise(() => {}),
    async ping() {
      try {
        await pool.query(pingQuery)
      } catch (cause) {
        throw new JunctorError(
          'STORE_UNAVAILABLE',
          `The database ${label} does not answer (${reasonOf(cause)}): see that it runs.`,
          { cause },
        )
      }
    },
    [Symbol.asyncDispose]() {
      drained ??= drain()
      return drained
    },
  }
}
