// One hub holds a data folder: a session-level advisory lock in its database, which ends with the hub however it ends.
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { JunctorError } from '../../errors.ts'
import { type Holder, readHolder, writeHolder } from './holder-record.ts'
import { leave, maintenanceDatabase, type ServerConnection } from './server-connection.ts'

/** The session that holds the folder. */
export interface Hold {
  readonly client: Client
  /** Resolves when it holds no longer: the session has ended. */
  readonly lost: Promise<void>
}

/** Any number, the same for all hubs. */
const lockKey = 7_301_402_225

/** Milliseconds. A killed hub's session ends when the server sees its socket closed, a moment after the kill. */
const patience = 2_000
const glance = 50
const bounded = { query_timeout: 5_000 }
const nothing = { text: 'select', ...bounded }

/** Takes the folder. Throws DATA_FOLDER_IN_USE naming the holder, and what pg throws where the server goes away. */
export async function takeHold(dataFolder: string, server: ServerConnection, self: Holder): Promise<Hold> {
  const client = new Client({
    ...server,
    database: maintenanceDatabase,
    application_name: 'junctor holder',
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', () => {
    // `lost` follows, and a query that ran rejects.
  })
  const lost = new Promise<void>(resolve => client.once('end', resolve))
  try {
    await client.connect()
    for (const deadline = Date.now() + patience; !(await tryLock(client)); await pause(glance))
      if (Date.now() > deadline) throw inUse(dataFolder, await readHolder(dataFolder))
    await writeHolder(dataFolder, self)
    return { client, lost }
  } catch (error) {
    await leave(client)
    throw error
  }
}

/** Whether the session stands, and with it the lock, at this moment. */
export async function stillHolds({ client }: Hold): Promise<boolean> {
  return client.query(nothing).then(
    () => true,
    () => false,
  )
}

async function tryLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>({
    text: 'select pg_try_advisory_lock($1) as taken',
    values: [lockKey],
    ...bounded,
  })
  return rows[0]?.taken === true
}

function inUse(dataFolder: string, holder: Holder | null): JunctorError {
  const who = holder
    ? `process ${holder.pid} at ${holder.address}, running since ${holder.startedAt}`
    : 'a process that left no record'
  return new JunctorError(
    'DATA_FOLDER_IN_USE',
    `The data folder ${dataFolder} is in use by another Junctor (${who}): stop that one, or set JUNCTOR_DATA to another folder. Several hubs share one database through DATABASE_URL.`,
  )
}
