// Global set-up of the project `server`: the PostgreSQL that this machine runs.
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { administer, prepareServer } from './database-server.ts'

/** Where it is, unless the environment says otherwise. */
export const machineServerUrl =
  process.env.JUNCTOR_TEST_DATABASE ?? 'postgres://postgres@127.0.0.1:5432/postgres'

/** True where it lets us in. */
export async function hasMachineServer(): Promise<boolean> {
  const client = new Client({ connectionString: machineServerUrl, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {
    // connect() rejects with it.
  })
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  )
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await prepareServer(machineServerUrl)
  project.provide('databaseServer', server)
  return () => administer(machineServerUrl, `drop database ${server.template} with (force)`)
}
