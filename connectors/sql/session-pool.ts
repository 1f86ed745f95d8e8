// A bounded pool of sessions at one database server: reused while they live, closed when nobody used them for a while.
import type { Clock } from '../../src/clock.ts'
import { SqlProblem } from './problem.ts'

export interface SessionPoolOptions<S> {
  readonly open: () => Promise<S>
  readonly close: (session: S) => Promise<void>
  /** False once the server or the network ended it. */
  readonly alive: (session: S) => boolean
  readonly most: number
  readonly clock: Clock
}

export interface Lease<S> {
  readonly session: S
  release(): void
}

export interface SessionPool<S> extends AsyncDisposable {
  /** Waits for a free session. Throws what `open` throws, or 503 where too many wait or the wait is too long. */
  lease(): Promise<Lease<S>>
  /** A session of its own, within the same bound, closed afterwards. */
  once<T>(work: (session: S) => Promise<T>): Promise<T>
}

const mostWaiting = 200
const waitMilliseconds = 10_000
const idleMilliseconds = 60_000

interface Idle<S> {
  readonly session: S
  readonly cancel: () => void
}

export function createSessionPool<S>(options: SessionPoolOptions<S>): SessionPool<S> {
  const { open, close, alive, most, clock } = options
  const idle: Idle<S>[] = []
  const waiting: (() => void)[] = []
  const closing = new Set<Promise<void>>()
  let taken = 0
  let disposed = false

  const discard = (session: S): void => {
    const closed = close(session)
    closing.add(closed)
    const forget = () => closing.delete(closed)
    closed.then(forget, forget)
  }

  const busy = () =>
    new SqlProblem(503, 'DatabaseBusy', 'Every session of this connection is in use; try again later.')

  /** Resolves when one of the `most` places is ours. */
  const place = async (): Promise<void> => {
    if (disposed) throw new SqlProblem(503, 'DatabaseUnavailable', 'The connector is stopping.')
    if (taken >= most) {
      if (waiting.length >= mostWaiting) throw busy()
      const turn = Promise.withResolvers<void>()
      const cancel = clock.after(waitMilliseconds, () => {
        waiting.splice(waiting.indexOf(turn.resolve), 1)
        turn.reject(busy())
      })
      waiting.push(turn.resolve)
      await turn.promise
      cancel()
      return
    }
    taken += 1
  }

  /** Hands the place to who waits longest, or frees it. */
  const leave = (): void => {
    const next = waiting.shift()
    if (next) next()
    else taken -= 1
  }

  const takeIdle = (): S | undefined => {
    for (;;) {
      const found = idle.pop()
      if (!found) return undefined
      found.cancel()
      if (alive(found.session)) return found.session
      discard(found.session)
    }
  }

  const keep = (session: S): void => {
    const entry: Idle<S> = {
      session,
      cancel: clock.after(idleMilliseconds, () => {
        idle.splice(idle.indexOf(entry), 1)
        discard(session)
      }),
    }
    idle.push(entry)
  }

  const opened = async (): Promise<S> => {
    try {
      return await open()
    } catch (error) {
      leave()
      throw error
    }
  }

  return {
    async lease() {
      await place()
      const session = takeIdle() ?? (await opened())
      return {
        session,
        release() {
          if (disposed || !alive(session)) discard(session)
          else keep(session)
          leave()
        },
      }
    },
    async once(work) {
      await place()
      const session = await opened()
      try {
        return await work(session)
      } finally {
        discard(session)
        leave()
      }
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      for (const { session, cancel } of idle.splice(0)) {
        cancel()
        discard(session)
      }
      await Promise.allSettled(closing)
    },
  }
}
