// Migrations: SQL that drizzle-kit wrote, applied by one instance at a time.
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { Client, type ClientConfig } from 'pg'
import { JunctorError } from '../errors.ts'
import { reasonOf } from './database-error.ts'

const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url))

/** Any number, the same for all hubs: instances that start together would otherwise make the same tables at once. */
const lockKey = 7_301_402_226

/**
 * Brings a database up to date; does nothing where it is. Waits while another instance is at it.
 * Throws STORE_UNAVAILABLE with what the database said, or the signal's reason; then nothing of the failed migration
 * stays.
 */
export async function applyMigrations(
  connection: ClientConfig,
  label: string,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted()
  const client = new Client({
    ...connection,
    application_name: 'junctor migrations',
    connectionTimeoutMillis: 10_000,
  })
  const lost = new Promise<never>((_resolve, reject) => {
    client.on('error', reject)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  const work = async () => {
    await client.connect()
    await client.query('select pg_advisory_lock($1)', [lockKey])
    await migrate(drizzle(client), { migrationsFolder })
  }
  try {
    await Promise.race([work(), lost])
  } catch (cause) {
    signal?.throwIfAborted()
    throw new JunctorError(
      'STORE_UNAVAILABLE',
      `The tables of the database ${label} could not be brought up to date (${reasonOf(cause)}): correct that and start again.`,
      { cause },
    )
  } finally {
    // The lock ends with the session.
    await client.end()
  }
}
