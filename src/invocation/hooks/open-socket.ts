// A connection to the process of a connector's hooks, which starts when it is asked for.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Clock } from '../../clock.ts'

/** A process that was killed is known to have ended a moment later; then another one takes its place. */
const waits = [50, 200, 800] as const

/** `path` starts the process where it sleeps. Throws what it throws, and what connecting does; the signal's reason. */
export async function openSocket(
  path: () => Promise<string>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Socket> {
  for (const wait of waits) {
    const target = await path()
    signal.throwIfAborted()
    try {
      return await connected(target)
    } catch {
      await new Promise<void>(resolve => clock.after(wait, resolve))
    }
  }
  return connected(await path())
}

async function connected(path: string): Promise<Socket> {
  const socket = connect(path)
  await once(socket, 'connect')
  return socket
}
