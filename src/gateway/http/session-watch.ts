// Whether people who stay connected are still signed in: looked at once for each session, however many connections
// it has.
import type { Clock } from '../../clock.ts'
import type { Actor, HeaderReader, Identity } from '../../identity/index.ts'
import type { Logger } from '../../telemetry/index.ts'

/** How often a session is looked at. */
const livenessMilliseconds = 5_000

interface Options {
  readonly identity: Pick<Identity, 'authenticate' | 'isLive'>
  readonly clock: Clock
  readonly logger: Logger
}

/** Calls `ended` once, when the session or key of these headers has ended; the returned function stops the watch. */
export type WatchSession = (actor: Actor, headers: HeaderReader, ended: () => void) => () => void

export function createSessionWatch({ identity, clock, logger }: Options): WatchSession {
  /** By session: whom to tell, and what proves it. */
  const watched = new Map<string, Map<() => void, HeaderReader>>()

  /** A store that does not answer ends nothing. */
  async function stands(headers: HeaderReader): Promise<boolean> {
    try {
      const actor = await identity.authenticate(headers)
      return actor !== null && (await identity.isLive(actor))
    } catch (error) {
      logger.warn({ error }, 'A socket’s session could not be looked at; it is looked at again.')
      return true
    }
  }

  async function look(sessionId: string): Promise<void> {
    const waiting = watched.get(sessionId)
    const [headers] = waiting?.values() ?? []
    if (headers && (await stands(headers))) return later(sessionId)
    watched.delete(sessionId)
    for (const ended of waiting?.keys() ?? []) ended()
  }

  function later(sessionId: string): void {
    clock.after(livenessMilliseconds, () => void look(sessionId))
  }

  return function watch({ sessionId }, headers, ended) {
    const waiting = watched.get(sessionId) ?? new Map()
    if (!watched.has(sessionId)) later(sessionId)
    watched.set(sessionId, waiting)
    const each = () => ended()
    waiting.set(each, headers)
    return () => waiting.delete(each)
  }
}
