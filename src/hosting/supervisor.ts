// Keeps one hosted process answering: starts it on the first call, again after a crash, and less often the more it crashes.
import type { Clock } from '../clock.ts'
import { JunctorError } from '../errors.ts'
import type { HostedProcess } from './hosted-process.ts'

/** Disposing stops it within a few seconds. */
export interface Supervisor extends AsyncDisposable {
  /** Resolves while it listens. Throws WEBAPP_UNAVAILABLE: it cannot start, or crashed too often of late. */
  ready(): Promise<void>
  /** Ends it for good when it has answered what it began, and no later than after `milliseconds`. */
  stop(milliseconds: number): Promise<void>
}

/** So many crashes in a row restart at once; each further one doubles the wait. */
const freeCrashes = 2
const firstWaitMilliseconds = 1_000
const longestWaitMilliseconds = 60_000
/** A run this long was a success: the next crash counts as the first. */
const healthyMilliseconds = 60_000
const disposeMilliseconds = 5_000

export function createSupervisor(options: {
  readonly connector: string
  /** What it is, as errors say it. */
  readonly title: string
  readonly start: () => HostedProcess
  /** Told of every start but the first. */
  readonly restarted: () => void
  /** Told of every end that nobody asked for. */
  readonly crashed: (how: string) => void
  readonly clock: Clock
}): Supervisor {
  const { connector, title, start, restarted, crashed, clock } = options
  let current: HostedProcess | null = null
  let everStarted = false
  let crashes = 0
  let notBefore = 0
  let stopped = false
  /** Settled when the latest run has ended and was counted. */
  let watched: Promise<void> | null = null

  const unavailable = (why: string, milliseconds = 0) => {
    const retryAfter = Math.ceil(milliseconds / 1000)
    const advice = milliseconds > 0 ? ` Try again in ${retryAfter} s.` : ''
    return new JunctorError(
      'WEBAPP_UNAVAILABLE',
      `The ${title} of connector "${connector}" ${why}.${advice}`,
      {
        details: { connector, ...(milliseconds > 0 ? { retryAfter } : {}) },
      },
    )
  }

  const watch = async (run: HostedProcess, startedAt: number): Promise<void> => {
    const how = await run.ended
    current = null
    if (stopped) return
    crashes = clock.now() - startedAt >= healthyMilliseconds ? 1 : crashes + 1
    const doublings = crashes - freeCrashes - 1
    const wait = doublings < 0 ? 0 : Math.min(firstWaitMilliseconds * 2 ** doublings, longestWaitMilliseconds)
    notBefore = clock.now() + wait
    crashed(how)
  }

  const launch = (): HostedProcess => {
    if (everStarted) restarted()
    everStarted = true
    const run = start()
    current = run
    watched = watch(run, clock.now())
    return run
  }

  const stop = async (milliseconds: number): Promise<void> => {
    stopped = true
    await current?.stop(milliseconds)
  }

  return {
    async ready() {
      // One that was killed answers nobody any more.
      if (current?.killed()) await watched
      if (stopped) throw unavailable('has been stopped')
      const wait = notBefore - clock.now()
      if (!current && wait > 0) throw unavailable(`crashed ${crashes} times in a row`, wait)
      const run = current ?? launch()
      if ((await run.started) === null) return
      await watched
      throw unavailable('could not be started; the hub’s log says why', Math.max(0, notBefore - clock.now()))
    },
    stop,
    [Symbol.asyncDispose]: () => stop(disposeMilliseconds),
  }
}
