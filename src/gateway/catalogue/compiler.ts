// Compilation beside the hub, in two lanes with a process each: what somebody waits for never stands behind what
// nobody does, not even behind a document that takes its full minute to fail.
import { join } from 'node:path'
import type { Clock } from '../../clock.ts'
import { JunctorError } from '../../errors.ts'
import { createCompileLane, type Task } from './compile-lane.ts'
import { type CompileLimits, startCompileProcess } from './compile-process.ts'
import type { Compiled, Source } from './compiled.ts'

/** A connector that passes a limit is quarantined; the largest of the public catalogue takes about a second. */
const defaultLimits: CompileLimits = { milliseconds: 60_000, megabytes: 1024 }

/**
 * Its process costs about 100 MB and a third of a second to start. Imports come in bursts, and somebody waits for each:
 * it stays a while. Nobody waits for the other lane.
 */
const idleMilliseconds = { urgent: 10 * 60_000, patient: 5_000 }

export interface Compiler extends AsyncDisposable {
  /** Starts the urgent lane's process, so that the next import need not wait for it. */
  warm(): void
  /** What goes wrong is in the diagnostics. Rejects only where the hub stops first. */
  compile(name: string, source: Source, urgent: boolean): { readonly done: Promise<Compiled>; hurry(): void }
}

interface Options {
  readonly clock: Clock
  readonly program?: string
  readonly limits?: CompileLimits
}

export function createCompiler({
  clock,
  program = join(import.meta.dirname, 'compile-child.ts'),
  limits = defaultLimits,
}: Options): Compiler {
  const lane = (kind: keyof typeof idleMilliseconds) =>
    createCompileLane({
      start: () => startCompileProcess({ program, limits, patient: kind === 'patient', clock }),
      idleMilliseconds: idleMilliseconds[kind],
      clock,
    })
  const urgentLane = lane('urgent')
  const patientLane = lane('patient')
  const refusals = new Set<() => void>()
  let stopped = false

  return {
    warm: () => urgentLane.warm(),
    compile(name, source, urgent) {
      const { promise, resolve, reject } = Promise.withResolvers<Compiled>()
      const refuse = () =>
        reject(new JunctorError('CONNECTOR_QUARANTINED', `The hub stopped before "${name}" was compiled.`))
      const settle = (compiled: Compiled): void => {
        refusals.delete(refuse)
        resolve(compiled)
      }
      const task: Task = { name, source, settle }
      if (stopped) refuse()
      else {
        refusals.add(refuse)
        const lane = urgent ? urgentLane : patientLane
        lane.push(task)
      }
      return {
        done: promise,
        hurry() {
          if (patientLane.withdraw(task)) urgentLane.push(task)
        },
      }
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      for (const refuse of refusals) refuse()
      await Promise.all([urgentLane[Symbol.asyncDispose](), patientLane[Symbol.asyncDispose]()])
    },
  }
}
