// Compilation off the event loop: one worker thread, one job at a time, what somebody waits for before what nobody does.
// The thread ends when there is nothing to do, which gives back the compiler's memory.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../../clock.ts'
import { failure } from './compile-connector.ts'
import type { Job } from './compile-worker.ts'
import type { Compiled, Source } from './compiled.ts'

/** A connector that takes longer is quarantined; the largest of the public catalogue takes about a second. */
const timeoutMilliseconds = 60_000
const idleMilliseconds = 5_000
const memoryMegabytes = 1024

interface Task extends Job {
  urgent: boolean
  readonly settle: (compiled: Compiled) => void
}

export interface Compiler extends AsyncDisposable {
  /** Never rejects: what goes wrong is in the diagnostics. */
  compile(name: string, source: Source, urgent: boolean): { readonly done: Promise<Compiled>; hurry(): void }
}

export function createCompiler({ clock }: { clock: Clock }): Compiler {
  const waiting: Task[] = []
  let worker: Worker | null = null
  let working = false
  let stopped = false
  let cancelIdle = () => {}

  const worker$ = (): Worker => {
    worker ??= new Worker(new URL('./compile-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
    })
    worker.unref()
    return worker
  }

  async function dismiss(): Promise<void> {
    const leaving = worker
    worker = null
    await leaving?.terminate()
  }

  async function attempt(task: Task): Promise<Compiled> {
    const thread = worker$()
    const gone = new AbortController()
    const late = new Promise<never>((_, reject) => {
      const cancel = clock.after(timeoutMilliseconds, () =>
        reject(new Error(`it took longer than ${timeoutMilliseconds / 1000} seconds`)),
      )
      gone.signal.addEventListener('abort', cancel)
    })
    const ended = once(thread, 'exit', { signal: gone.signal }).then(() => {
      throw new Error('the compiling thread ended')
    })
    try {
      const answer = once(thread, 'message', { signal: gone.signal })
      thread.postMessage({ name: task.name, source: task.source } satisfies Job)
      const [compiled] = await Promise.race([answer, late, ended])
      return compiled
    } catch (error) {
      await dismiss()
      return { definition: null, artifact: null, diagnostics: [failure(error)] }
    } finally {
      gone.abort()
      ended.catch(() => undefined)
    }
  }

  async function work(): Promise<void> {
    working = true
    cancelIdle()
    while (waiting.length > 0 && !stopped) {
      const urgent = waiting.findIndex(task => task.urgent)
      const [task] = waiting.splice(Math.max(urgent, 0), 1)
      if (task) task.settle(await attempt(task))
    }
    working = false
    cancelIdle = clock.after(idleMilliseconds, () => void dismiss())
  }

  return {
    compile(name, source, urgent) {
      const { promise, resolve } = Promise.withResolvers<Compiled>()
      const task: Task = { name, source, urgent, settle: resolve }
      waiting.push(task)
      if (!working) void work()
      return {
        done: promise,
        hurry() {
          task.urgent = true
        },
      }
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      cancelIdle()
      await dismiss()
      const refusal = {
        definition: null,
        artifact: null,
        diagnostics: [failure(new Error('the hub is shutting down'))],
      }
      for (const task of waiting.splice(0)) task.settle(refusal)
    },
  }
}
