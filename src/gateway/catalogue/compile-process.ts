// One run of the compiling program: a job at a time, each with an end in time, all of them with an end in memory.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import { setPriority } from 'node:os'
import { dirname } from 'node:path'
import type { Clock } from '../../clock.ts'
import { type Compiled, compiledFrame, type Source } from './compiled.ts'

export interface Job {
  readonly name: string
  readonly source: Source
}

export interface CompileLimits {
  /** For one job. */
  readonly milliseconds: number
  /** Of JavaScript's heap in the process. */
  readonly megabytes: number
}

/** The process ended with the job undone: of the document's own doing, or because it was about to end. */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded'
}

export interface CompileProcess {
  /** One job at a time. Rejects, with the process gone, where it took too long, with ProcessEnded where it ended. */
  run(job: Job): Promise<Compiled>
  /** True while it can take a job: not from the moment on that it is ended. */
  alive(): boolean
  /** Ends it whatever it does. */
  end(): Promise<void>
}

interface Options {
  /** The program; compile-child.ts but for tests. */
  readonly program: string
  readonly limits: CompileLimits
  /** Lower than the hub's own: what serves goes before what nobody waits for. */
  readonly patient: boolean
  readonly clock: Clock
}

/** Nothing of the hub's environment, which holds secrets, goes to a process that reads other people's documents. */
function environment(): Record<string, string> {
  const cache = getCompileCacheDir()
  // Node names the folder for its version inside the one that it was given.
  return { TZ: 'UTC', ...(cache ? { NODE_COMPILE_CACHE: dirname(cache) } : {}) }
}
const patientNiceness = 10

export function startCompileProcess({ program, limits, patient, clock }: Options): CompileProcess {
  const child = fork(program, [], {
    // It reads packages and code; it has no reason to write a file or to start anything.
    execArgv: ['--permission', '--allow-fs-read=*', `--max-old-space-size=${limits.megabytes}`],
    env: environment(),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child.unref()
  child.channel?.unref()
  if (patient && child.pid !== undefined) setPriority(child.pid, patientNiceness)
  const gone = new Promise<string>(resolve => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    child.once('error', error => resolve(error.message))
  })

  let ending = false
  async function end(): Promise<void> {
    // It is connected until its exit is noticed.
    ending = true
    // Whoever waits for its end may be all that keeps the hub running.
    child.ref()
    child.kill('SIGKILL')
    await gone
  }

  return {
    alive: () => child.connected && !ending,
    end,
    async run(job) {
      const finished = new AbortController()
      const { signal } = finished
      const answered = once(child, 'message', { signal }).then(([message]) => compiledFrame.parse(message))
      const late = new Promise<never>((_, reject) => {
        const refuse = () => reject(new Error(`it took longer than ${limits.milliseconds / 1000} seconds`))
        signal.addEventListener('abort', clock.after(limits.milliseconds, refuse), { once: true })
      })
      const ended = gone.then(how => {
        throw new ProcessEnded(
          `the compiling process ended (${how}), perhaps for want of more than ${limits.megabytes} MB`,
        )
      })
      try {
        child.send(job)
        return await Promise.race([answered, late, ended])
      } catch (error) {
        await end()
        throw error
      } finally {
        finished.abort()
        for (const rest of [answered, ended]) rest.catch(() => undefined)
      }
    },
  }
}
