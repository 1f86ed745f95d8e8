// One hub holds a data folder: a session-level advisory lock in its database, which ends with the hub however it ends.
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { z } from 'zod'
import { JunctorError } from '../../errors.ts'
import type { ServerConnection } from './server.ts'

/** Who holds a data folder, for the sentence that the next one gets. */
export interface Holder {
  readonly pid: number
  /** What the operator knows that hub by, such as its URL. */
  readonly address: string
  /** ISO 8601. */
  readonly startedAt: string
}

const holderSchema = z.object({ pid: z.number(), address: z.string(), startedAt: z.string() })

/** Any number, the same for all hubs: advisory locks of the maintenance database. */
const lockKey = 7_301_402_225

/** A killed hub's session ends when the server sees its socket closed, a moment after the kill. */
const patience = 2_000

/**
 * Takes the folder and returns the session that holds it: it is held until that session ends.
 * Throws DATA_FOLDER_IN_USE naming the holder.
 */
export async function takeHold(dataFolder: string, server: ServerConnection, self: Holder): Promise<Client> {
  const client = new Client({ ...server, database: 'postgres', application_name: 'junctor holder', keepAlive: true })
  // Its end is what the opener watches; an error comes before it and says no more.
  client.on('error', () => {})
  await client.connect()
  try {
    const deadline = Date.now() + patience
    while (!(await tryLock(client))) {
      if (Date.now() > deadline) throw inUse(dataFolder, await readHolder(dataFolder))
      await pause(50)
    }
    await writeHolder(dataFolder, self)
    return client
  } catch (error) {
    await client.end()
    throw error
  }
}

/** Forgets who holds the folder; call while still holding it. */
export async function forgetHolder(dataFolder: string): Promise<void> {
  await rm(recordPath(dataFolder), { force: true })
}

async function tryLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [lockKey])
  return rows[0]?.taken === true
}

async function writeHolder(dataFolder: string, self: Holder): Promise<void> {
  const path = recordPath(dataFolder)
  const file = await open(`${path}.new`, 'w', 0o600)
  await file.writeFile(`${JSON.stringify(self)}\n`).finally(() => file.close())
  await rename(`${path}.new`, path)
}

async function readHolder(dataFolder: string): Promise<Holder | null> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(recordPath(dataFolder), 'utf8')))
  } catch {
    // The record is for people; the lock alone decides.
    return null
  }
}

function inUse(dataFolder: string, holder: Holder | null): JunctorError {
  const who = holder
    ? `process ${holder.pid} at ${holder.address}, running since ${holder.startedAt}`
    : 'another process'
  return new JunctorError(
    'DATA_FOLDER_IN_USE',
    `The data folder ${dataFolder} is in use by another Junctor (${who}): stop that one, or set JUNCTOR_DATA to a folder of its own. Several hubs share a database through DATABASE_URL.`,
  )
}

function recordPath(dataFolder: string): string {
  return join(dataFolder, 'hub.json')
}
