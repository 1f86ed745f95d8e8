// A queue in front of one compiling process. The process is started when there is something to do, and ended when
// there was nothing for a while.
import type { Clock } from '../../clock.ts'
import { failure } from './compile-connector.ts'
import { type CompileProcess, type Job, ProcessEnded } from './compile-process.ts'
import type { Compiled } from './compiled.ts'

export interface Task extends Job {
  readonly settle: (compiled: Compiled) => void
}

export interface CompileLane extends AsyncDisposable {
  push(task: Task): void
  /** Takes out a task that has not begun; false where it has. */
  withdraw(task: Task): boolean
  /** Starts the process ahead of the first task. */
  warm(): void
}

interface Options {
  readonly start: () => CompileProcess
  /** How long a process without a task is kept. */
  readonly idleMilliseconds: number
  readonly clock: Clock
}

/** Disposing ends the process; tasks that have not begun are never settled. */
export function createCompileLane({ start, idleMilliseconds, clock }: Options): CompileLane {
  const waiting: Task[] = []
  let process: CompileProcess | null = null
  let working: Promise<void> | null = null
  let stopped = false
  let cancelIdle = () => {}

  function ready(): CompileProcess {
    if (!process?.alive()) process = start()
    return process
  }

  function rest(): void {
    cancelIdle()
    cancelIdle = clock.after(idleMilliseconds, () => {
      if (working !== null) return
      const idle = process
      process = null
      void idle?.end()
    })
  }

  /** A process that ended says nothing about the document, unless a fresh one ends at it as well. */
  async function run(job: Job): Promise<Compiled> {
    try {
      return await ready().run(job)
    } catch (error) {
      if (stopped || !(error instanceof ProcessEnded)) throw error
      return ready().run(job)
    }
  }

  async function work(): Promise<void> {
    for (let task = waiting.shift(); task && !stopped; task = waiting.shift()) {
      const { name, source, settle } = task
      const compiled = await run({ name, source }).catch(
        (error): Compiled => ({ definition: null, artifact: null, diagnostics: [failure(error)] }),
      )
      // A process that was ended because the hub stops says nothing about the connector.
      if (!stopped) settle(compiled)
    }
    working = null
    if (!stopped) rest()
  }

  return {
    push(task) {
      waiting.push(task)
      working ??= work()
    },
    withdraw(task) {
      const at = waiting.indexOf(task)
      if (at >= 0) waiting.splice(at, 1)
      return at >= 0
    },
    warm() {
      if (stopped) return
      ready()
      if (!working) rest()
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      cancelIdle()
      await process?.end()
      await working
    },
  }
}
