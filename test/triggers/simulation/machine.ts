// Time, and processes that run in it. Whatever a process waits for (a timer, an answer of the store or of an API) is a
// step that the simulation takes when it likes; a process that is paused gets nothing, one that crashed never again.
import type { Clock } from '../../../src/clock.ts'

interface Step {
  /** Null: nobody's, it is taken whoever lives. */
  readonly owner: Process | null
  /** Milliseconds since the epoch; not before. */
  readonly at: number
  /** True for what takes no time: it comes before any time passes. */
  readonly prompt: boolean
  run(): void | Promise<void>
}

export interface Process {
  readonly name: string
  paused: boolean
  crashed: boolean
  /** Off by its skew; its timers are frozen while it is paused. */
  readonly clock: Clock
  /** Asks the outside: `work` is done there in one step, and its outcome comes back in another. */
  ask<T>(work: () => Promise<T>): Promise<T>
}

export type Machine = ReturnType<typeof createMachine>

export function createMachine(start: number, setTime: (now: number) => Promise<void>) {
  let now = start
  let steps: Step[] = []

  const canRun = ({ owner, at }: Step) => at <= now && !owner?.paused && !owner?.crashed

  async function take(step: Step): Promise<void> {
    steps = steps.filter(each => each !== step)
    await step.run()
    // All that follows from it without waiting for anything.
    await new Promise(resolve => setImmediate(resolve))
  }

  function process(name: string, skew: number): Process {
    const self: Process = {
      name,
      paused: false,
      crashed: false,
      clock: {
        now: () => now + skew,
        after(milliseconds, callback) {
          const timer: Step = { owner: self, at: now + milliseconds, prompt: false, run: callback }
          steps.push(timer)
          return () => {
            steps = steps.filter(each => each !== timer)
          }
        },
      },
      ask: work =>
        new Promise((resolve, reject) => {
          const answer = (settle: () => void) =>
            steps.push({ owner: self, at: now, prompt: false, run: settle })
          steps.push({
            owner: null,
            at: now,
            prompt: false,
            async run() {
              try {
                const outcome = await work()
                answer(() => resolve(outcome))
              } catch (error) {
                answer(() => reject(error))
              }
            },
          })
        }),
    }
    return self
  }

  return {
    process,
    now: () => now,
    /** A step that takes no time and is nobody's. */
    promptly(run: () => void): void {
      steps.push({ owner: null, at: now, prompt: true, run })
    },
    /** A step of the process's as soon as it runs. */
    deliver(owner: Process, run: () => void): void {
      steps.push({ owner, at: now, prompt: false, run })
    },
    /** Takes one of the steps that can be taken; false where there is none. */
    async step(lot: number): Promise<boolean> {
      const able = steps.filter(canRun)
      const step = able[lot % able.length]
      if (step) await take(step)
      return step !== undefined
    },
    async advance(milliseconds: number): Promise<void> {
      for (;;) {
        const prompt = steps.find(each => each.prompt && canRun(each))
        if (!prompt) break
        await take(prompt)
      }
      now += milliseconds
      await setTime(now)
    },
    crash(crashed: Process): void {
      crashed.crashed = true
      steps = steps.filter(({ owner }) => owner !== crashed)
    },
  }
}
