// Migrations: SQL that drizzle-kit wrote, applied by one instance at a time.
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { Client, type ClientConfig } from 'pg'

const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url))

/** Any number, the same for all hubs. Instances that start together would otherwise make the same tables. */
const lockKey = 7_301_402_226

/** Brings a database up to date; does nothing where it is. Waits while another instance is at it. */
export async function applyMigrations(connection: ClientConfig): Promise<void> {
  const client = new Client({ ...connection, application_name: 'junctor migrations' })
  const lost = new Promise<never>((_resolve, reject) => client.on('error', reject))
  const work = async () => {
    await client.connect()
    await client.query('select pg_advisory_lock($1)', [lockKey])
    await migrate(drizzle(client), { migrationsFolder })
  }
  try {
    await Promise.race([work(), lost])
  } finally {
    // The lock ends with the session.
    await client.end()
  }
}
