// One PostgreSQL for a whole run: databases are made on it from a migrated template, one for each that asks.
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { systemClock } from '../../src/clock.ts'
import { secret } from '../../src/secret.ts'
import { openStore } from '../../src/store/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'

declare module 'vitest' {
  interface ProvidedContext {
    databaseServer: DatabaseServer
  }
}

/** What a test's worker needs to know of the server. */
export interface DatabaseServer {
  /** URL of its maintenance database, as a superuser. */
  readonly url: string
  /** A migrated database that nobody is connected to. */
  readonly template: string
}

/** The URL of another database on the same server. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

/** A name that no other run on this server has. */
export function uniqueDatabase(): string {
  return `junctor_test_${randomBytes(8).toString('hex')}`
}

/** Runs statements on the server's maintenance database. */
export async function administer(serverUrl: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: serverUrl })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Makes the migrated template. */
export async function prepareServer(url: string): Promise<DatabaseServer> {
  const template = uniqueDatabase()
  await administer(url, `create database ${template}`)
  const store = await openStore({
    databaseUrl: secret(databaseUrl(url, template)),
    dataFolder: '/nonexistent',
    logger: createLogger('silent'),
    clock: systemClock,
  })
  await store[Symbol.asyncDispose]()
  return { url, template }
}
