// The operator's own PostgreSQL, at DATABASE_URL.
import { Client, type ClientConfig } from 'pg'
import { JunctorError } from '../errors.ts'
import { reasonOf } from './database-error.ts'

const oldest = 15

/** Throws STORE_UNAVAILABLE where the server cannot be reached or is too old; `label` names it. */
export async function checkServer(connection: ClientConfig, label: string): Promise<void> {
  const version = await serverVersion(connection).catch((cause: unknown) => {
    throw new JunctorError(
      'STORE_UNAVAILABLE',
      `The database ${label} cannot be reached (${reasonOf(cause)}): see that it runs and that DATABASE_URL is right.`,
      { cause },
    )
  })
  if (!(Number.parseInt(version, 10) >= oldest))
    throw new JunctorError(
      'STORE_UNAVAILABLE',
      `The database ${label} is PostgreSQL ${version}, and Junctor needs ${oldest} or newer: upgrade it, or set DATABASE_URL to another.`,
    )
}

async function serverVersion(connection: ClientConfig): Promise<string> {
  const client = new Client({ ...connection, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {
    // connect() or the query rejects with it.
  })
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version ?? ''
  } finally {
    await client.end()
  }
}
