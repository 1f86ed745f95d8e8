// The server process: started by us or left over from a killed hub, it is one and the same.
import { spawn } from 'node:child_process'
import { open, readFile, stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { JunctorError } from '../../errors.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { Binaries } from './binaries.ts'
import { owner } from './initialise.ts'
import type { Launcher } from './launcher.ts'
import { findPostmaster, isPostmaster, removeStalePostmasterFile } from './postmaster-file.ts'
import { socketPort } from './socket-folder.ts'

export interface ServerPlace {
  readonly cluster: string
  /** Where a server that we start listens. */
  readonly socketFolder: string
  /** The file that the server writes its own log to. */
  readonly log: string
  readonly binaries: Binaries
  readonly launch: Launcher
  readonly logger: Logger
}

/** How to connect to the embedded server. */
export interface ServerConnection {
  readonly host: string
  readonly port: number
  readonly user: string
}

/** Recovery after a crash takes as long as it takes; a server that is only slow is not given up before this. */
const patience = 5 * 60_000
const glance = 50
const largestLog = 1_000_000

/** Settings that nobody may weaken: given at the start, they win over every configuration file. */
const settings = (socketFolder: string) => ({
  listen_addresses: '',
  unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
  unix_socket_permissions: '0700',
  port: String(socketPort),
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // A query's failure is its caller's to report; the server's log is about the server, and holds nobody's data.
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  // Parallel workers need shared memory that containers give sparingly (64 MB), for queries that we do not have.
  max_parallel_workers_per_gather: '0',
})

/**
 * Comes back when the cluster's server answers, starting one where none runs.
 * Throws STORE_UNAVAILABLE with the server's own words where it cannot start.
 */
export async function reachServer(place: ServerPlace): Promise<ServerConnection> {
  const deadline = Date.now() + patience
  for (;;) {
    const connection = (await findRunning(place, deadline)) ?? (await start(place, deadline))
    if (connection) return connection
    if (Date.now() > deadline)
      throw new JunctorError(
        'STORE_UNAVAILABLE',
        `The embedded PostgreSQL in ${place.cluster} does not answer: read ${place.log}.`,
      )
    await pause(glance)
  }
}

/** Ends the server, whoever started it, and comes back when it has ended. Open transactions are rolled back. */
export async function stopServer({ cluster }: Pick<ServerPlace, 'cluster'>): Promise<void> {
  const running = await findPostmaster(cluster)
  if (!running) return
  // SIGINT: fast shutdown. SIGQUIT, if that hangs: at once, and the next start recovers (postgres(1)).
  for (const [signal, wait] of [['SIGINT', 30_000], ['SIGQUIT', 10_000]] as const) {
    process.kill(running.pid, signal)
    for (const deadline = Date.now() + wait; Date.now() < deadline; await pause(glance))
      if (!(await isPostmaster(running.pid, cluster))) return
  }
}

async function findRunning(place: ServerPlace, deadline: number): Promise<ServerConnection | null> {
  for (;;) {
    const running = await findPostmaster(place.cluster)
    // Asked even where no such process is seen: it may run in another container that shares the folder.
    const connection = connectionTo(running?.socketFolder ?? place.socketFolder)
    if (await answers(connection)) return connection
    if (!running || Date.now() > deadline) return null
    await pause(glance)
  }
}

async function start(place: ServerPlace, deadline: number): Promise<ServerConnection | null> {
  const { cluster, socketFolder, binaries, launch, logger } = place
  await removeStalePostmasterFile(cluster, socketFolder)
  const before = await stat(place.log).then(
    stats => stats.size,
    () => 0,
  )
  const log = await open(place.log, before > largestLog ? 'w' : 'a', 0o600)
  const chosen = Object.entries(settings(socketFolder)).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { file, args, options } = launch(binaries.postgres, ['-D', cluster, ...chosen])
  // Its own session: a Ctrl-C at the terminal is for the hub, which still has work to finish with its database.
  const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', log.fd, log.fd] })
  const state: { ended: boolean; error: unknown } = { ended: false, error: undefined }
  child.on('exit', () => {
    state.ended = true
  })
  child.on('error', error => {
    Object.assign(state, { ended: true, error })
  })
  await log.close()
  const connection = connectionTo(socketFolder)
  while (!state.ended && Date.now() < deadline) {
    if ((await answers(connection)) && !state.ended) {
      child.unref()
      logger.info({ pid: child.pid, cluster }, 'The embedded PostgreSQL is running.')
      return connection
    }
    await pause(glance)
  }
  const words = (await readFile(place.log, 'utf8')).slice(before > largestLog ? 0 : before)
  const reason = /FATAL: +(.*)/.exec(words)?.[1] ?? words.trim().split('\n').at(-1) ?? ''
  // Somebody else was faster, or backends of a killed server have not all gone yet: look again.
  if (state.ended && !state.error && /lock file|shared memory|already exists/.test(reason)) return null
  throw new JunctorError(
    'STORE_UNAVAILABLE',
    `The embedded PostgreSQL in ${cluster} did not start (${reason || file}): correct that, or set DATABASE_URL.`,
    { cause: state.error },
  )
}

function connectionTo(socketFolder: string): ServerConnection {
  return { host: socketFolder, port: socketPort, user: owner }
}

async function answers(connection: ServerConnection): Promise<boolean> {
  const client = new Client({ ...connection, database: 'postgres', connectionTimeoutMillis: 5_000 })
  client.on('error', () => {
    // Ends the attempt; connect() rejects as well.
  })
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  )
}
