// A bounded pool of sessions at one database server: reused while they live, closed when nobody used them for a while,
// and torn down where the server falls silent or the caller leaves.
import type { Clock } from '../../src/clock.ts'
import { SqlProblem } from './problem.ts'

export interface SessionPoolOptions<S> {
  readonly open: () => Promise<S>
  /** Takes leave of the server. */
  readonly close: (session: S) => Promise<void>
  /** Ends it at once, whatever the server does. */
  readonly destroy: (session: S) => void
  /** False once the server or the network ended it. */
  readonly alive: (session: S) => boolean
  readonly most: number
  /** How long one piece of work may take: longer than the server's own limit, which says more about its cause. */
  readonly workMilliseconds: number
  readonly clock: Clock
}

export interface Use {
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal
  /** In a session of its own, within the same bound, that ends with the work. */
  readonly alone?: boolean
}

export interface SessionPool<S> extends AsyncDisposable {
  /**
   * Works in a free session, and waits for one. Throws what `open` and `work` throw; 503 where too many wait or the wait
   * is too long; 504 where the work is; 499 where the caller left.
   */
  use<T>(work: (session: S) => Promise<T>, use: Use): Promise<T>
}

const mostWaiting = 200
const waitMilliseconds = 10_000
const idleMilliseconds = 60_000
const closeMilliseconds = 5_000

interface Idle<S> {
  readonly session: S
  readonly cancel: () => void
}

export function createSessionPool<S>(options: SessionPoolOptions<S>): SessionPool<S> {
  const { open, close, destroy, alive, most, workMilliseconds, clock } = options
  const idle: Idle<S>[] = []
  const waiting: (() => void)[] = []
  const closing = new Set<Promise<void>>()
  let taken = 0
  let disposed = false

  const discard = (session: S): void => {
    // A server that fell silent takes no leave.
    const cancel = clock.after(closeMilliseconds, () => destroy(session))
    const closed = close(session)
    closing.add(closed)
    const forget = () => {
      cancel()
      closing.delete(closed)
    }
    closed.then(forget, forget)
  }

  const busy = () =>
    new SqlProblem(503, 'DatabaseBusy', 'Every session of this connection is in use; try again later.')

  /** Resolves when one of the `most` places is ours. */
  const place = async (signal: AbortSignal): Promise<void> => {
    if (disposed) throw new SqlProblem(503, 'DatabaseUnavailable', 'The connector is stopping.')
    if (signal.aborted) throw left()
    if (taken >= most) {
      if (waiting.length >= mostWaiting) throw busy()
      const turn = Promise.withResolvers<void>()
      const giveUp = (why: SqlProblem) => {
        const position = waiting.indexOf(turn.resolve)
        if (position === -1) return
        waiting.splice(position, 1)
        turn.reject(why)
      }
      const leave = () => giveUp(left())
      const cancel = clock.after(waitMilliseconds, () => giveUp(busy()))
      signal.addEventListener('abort', leave)
      waiting.push(turn.resolve)
      try {
        await turn.promise
      } finally {
        cancel()
        signal.removeEventListener('abort', leave)
      }
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

  /** Rejects when the time is over or the caller left. */
  const watch = (signal: AbortSignal) => {
    const { promise, reject } = Promise.withResolvers<never>()
    const state = { lost: false }
    const lose = (why: SqlProblem) => {
      state.lost = true
      reject(why)
    }
    const leave = () => lose(left())
    const cancel = clock.after(workMilliseconds, () => lose(silent(workMilliseconds)))
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave)
    // Raced below; a loss after the work is none.
    promise.catch(() => {})
    return {
      state,
      promise,
      [Symbol.dispose]() {
        cancel()
        signal.removeEventListener('abort', leave)
      },
    }
  }

  const opened = (loss: Promise<never>): Promise<S> => {
    const opening = open()
    return Promise.race([opening, loss]).catch((error: unknown) => {
      opening.then(destroy, () => {})
      throw error
    })
  }

  return {
    async use(work, { signal, alone = false }) {
      await place(signal)
      try {
        using loss = watch(signal)
        const session = (alone ? undefined : takeIdle()) ?? (await opened(loss.promise))
        try {
          return await Promise.race([work(session), loss.promise])
        } finally {
          if (loss.state.lost) destroy(session)
          else if (alone || disposed || !alive(session)) discard(session)
          else keep(session)
        }
      } finally {
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

/** Nobody reads it; 499 is how proxies note a caller that closed the connection. */
function left(): SqlProblem {
  return new SqlProblem(499, 'CallerLeft', 'The caller went away.')
}

function silent(milliseconds: number): SqlProblem {
  return new SqlProblem(
    504,
    'StatementTimeout',
    `The database did not answer within ${milliseconds / 1000} seconds; its session was closed.`,
  )
}
