// How to connect to an embedded server, and whether it lets anybody in at this moment.
import { setTimeout as pause } from 'node:timers/promises'
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

/** Milliseconds that a server may take to let somebody in, and to see them off. */
const patience = { connect: 5_000, leave: 1_000 }

/**
 * False while it is down, recovering or shutting down. Bounded, whatever a server does that dies at this moment: its
 * socket may outlive it and take connections that nobody answers.
 */
export async function answers(connection: ServerConnection): Promise<boolean> {
  const client = new Client({
    ...connection,
    database: maintenanceDatabase,
    connectionTimeoutMillis: patience.connect,
  })
  client.on('error', () => {
    // connect() rejects with it.
  })
  const connected = client.connect().then(
    () => true,
    () => false,
  )
  const answered = await Promise.race([connected, bound(patience.connect + patience.leave)])
  if (answered) await leave(client)
  return answered
}

/** Ends the session. A server that went away meanwhile is not waited for. */
export async function leave(client: Client): Promise<void> {
  await Promise.race([client.end(), bound(patience.leave)])
}

/** Keeps no process running that has nothing else to do. */
const bound = (milliseconds: number) => pause(milliseconds, false, { ref: false })
