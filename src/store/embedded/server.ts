// The server of a cluster: one that a killed hub left and one that we start are one and the same.
import { setTimeout as pause } from 'node:timers/promises'
import { JunctorError } from '../../errors.ts'
import type { Logger } from '../../telemetry/index.ts'
import { findPostmaster, isPostmaster } from './postmaster-file.ts'
import { answers, connectionTo, type ServerConnection } from './server-connection.ts'
import type { ServerPlace } from './server-place.ts'
import { startServer } from './start-server.ts'

/** Recovery after a crash takes as long as it takes; before this, a server that lives is not given up. */
const patience = 5 * 60_000
const glance = 50
/** How long each signal may take, gentlest first (postgres(1), "Shutting down the server"). */
const shutdown = [
  { signal: 'SIGINT', wait: 30_000 },
  { signal: 'SIGQUIT', wait: 10_000 },
] as const

/**
 * Comes back when the cluster's server answers; adopts one that runs, starts one where none does.
 * Throws STORE_UNAVAILABLE where it cannot, and the signal's reason when that is aborted.
 */
export async function reachServer(
  place: ServerPlace,
  logger: Logger,
  signal: AbortSignal,
): Promise<ServerConnection> {
  const { cluster } = place
  for (const deadline = Date.now() + patience; Date.now() < deadline; ) {
    const running = await findPostmaster(cluster)
    // Asked even where no such process is seen: it may run in another container that shares the folder.
    const connection = connectionTo(running?.socketFolder ?? place.socketFolder)
    if (await answers(connection)) return connection
    if (!running) {
      const started = await startServer(place, signal)
      if (started) {
        const pid = (await findPostmaster(cluster))?.pid
        logger.info({ pid, cluster, log: place.log }, 'The embedded PostgreSQL is running.')
        return started
      }
    }
    await pause(glance, undefined, { signal })
  }
  throw new JunctorError(
    'STORE_UNAVAILABLE',
    `The embedded PostgreSQL in ${cluster} does not answer: read ${place.log}, and end the server that hangs.`,
  )
}

/**
 * Ends the server, whoever started it, and comes back when it has ended. Open transactions are rolled back.
 * Throws STORE_UNAVAILABLE where it does not end.
 */
export async function stopServer({ cluster, log }: ServerPlace): Promise<void> {
  const running = await findPostmaster(cluster)
  if (!running) return
  for (const { signal, wait } of shutdown) {
    signalProcess(running.pid, signal)
    for (const deadline = Date.now() + wait; Date.now() < deadline; await pause(glance))
      if (!(await isPostmaster(running.pid, cluster))) return
  }
  throw new JunctorError(
    'STORE_UNAVAILABLE',
    `The embedded PostgreSQL in ${cluster} (process ${running.pid}) does not stop: read ${log}.`,
  )
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It ended between the look and the signal.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
