// Starts the server process of a cluster and waits until it answers.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Stats } from 'node:fs'
import { constants, type FileHandle, lstat, open, readFile, rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { JunctorError } from '../../errors.ts'
import { removeStalePostmasterFile } from './postmaster-file.ts'
import { answers, connectionTo, type ServerConnection } from './server-connection.ts'
import type { ServerPlace } from './server-place.ts'
import { socketPort } from './socket-folder.ts'

const glance = 50
const largestLog = 1_000_000

/** Given at the start, these win over every configuration file: nobody weakens durability or opens a port by one. */
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
  // Parallel workers want shared memory, which containers give sparingly (64 MB), for queries that we do not have.
  max_parallel_workers_per_gather: '0',
})

/**
 * Starts a server. Null where one cannot start just now because another runs, or has not gone entirely.
 * Throws STORE_UNAVAILABLE with the server's own words where it cannot start at all.
 */
export async function startServer(place: ServerPlace, signal: AbortSignal): Promise<ServerConnection | null> {
  const { cluster, socketFolder } = place
  await removeStalePostmasterFile(cluster, socketFolder)
  const log = await openLog(place)
  const child = launchServer(place, log.file)
  await log.file.close()
  const connection = connectionTo(socketFolder)
  try {
    while (!child.ended()) {
      if (await answers(connection)) return connection
      await pause(glance, undefined, { signal })
    }
  } catch (error) {
    await child.stop()
    throw error
  } finally {
    child.letGo()
  }
  const words = (await readFile(place.log, 'utf8')).slice(log.length)
  const reason = /FATAL: +(.*)/.exec(words)?.[1] ?? words.trim().split('\n').at(-1) ?? ''
  if (!child.error() && /lock file|shared memory/.test(reason)) return null
  throw new JunctorError(
    'STORE_UNAVAILABLE',
    `The embedded PostgreSQL in ${cluster} did not start (${reason || 'it said nothing'}): correct that, or set DATABASE_URL.`,
    { cause: child.error() },
  )
}

function launchServer({ cluster, socketFolder, binaries, launch }: ServerPlace, log: FileHandle) {
  const chosen = Object.entries(settings(socketFolder)).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { file, args, options } = launch(binaries.postgres, ['-D', cluster, ...chosen])
  // Its own session: a Ctrl-C at the terminal is for the hub, which still has work to finish with its database.
  const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', log.fd, log.fd] })
  let failure: Error | undefined
  child.on('error', error => {
    failure = error
  })
  const ended = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null
  return {
    ended,
    error: () => failure,
    async stop() {
      if (ended()) return
      const exit = once(child, 'exit')
      child.kill('SIGINT')
      await exit
    },
    /** It outlives the hub if need be. */
    letGo: () => child.unref(),
  }
}

/**
 * The server's log; `length` is what stood in it before this start. Begun anew when it has grown large, and where what
 * stands there is no file of the hub's own: a link would lead a hub that is root to any file of the system.
 */
async function openLog({ log }: ServerPlace): Promise<{ file: FileHandle; length: number }> {
  const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
  const stats = await lstat(log).catch(() => null)
  if (stats && isOwnFile(stats) && stats.size <= largestLog)
    return { file: await open(log, O_WRONLY | O_APPEND | O_NOFOLLOW), length: stats.size }
  await rm(log, { force: true })
  return { file: await open(log, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600), length: 0 }
}

function isOwnFile(stats: Stats): boolean {
  return stats.isFile() && stats.nlink === 1 && stats.uid === process.getuid?.()
}
