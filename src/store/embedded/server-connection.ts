// How to connect to an embedded server, and whether it lets anybody in at this moment.
import { Client } from 'pg'
import { owner } from './initialise.ts'
import { socketPort } from './socket-folder.ts'

export interface ServerConnection {
  /** The socket's folder. */
  readonly host: string
  readonly port: number
  readonly user: string
}

/** The database that is always there. */
export const maintenanceDatabase = 'postgres'

export function connectionTo(socketFolder: string): ServerConnection {
  return { host: socketFolder, port: socketPort, user: owner }
}

/** False while it is down, recovering or shutting down. */
export async function answers(connection: ServerConnection): Promise<boolean> {
  const client = new Client({ ...connection, database: maintenanceDatabase, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {
    // connect() rejects with it.
  })
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  )
}
