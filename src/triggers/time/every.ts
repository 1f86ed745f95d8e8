// Something that is done again and again, never twice at once.
import type { Clock } from '../../clock.ts'

export interface Repetition extends AsyncDisposable {
  /** Does it now, or again right after the run that is under way. */
  soon(): void
}

/** Runs `work` every so many milliseconds, counted from the end of a run; it must not reject. */
export function every(milliseconds: number, clock: Clock, work: () => Promise<void>): Repetition {
  let cancel = clock.after(milliseconds, run)
  let current: Promise<void> | null = null
  let again = false
  let stopped = false

  function run(): void {
    cancel()
    again = false
    current = work().finally(() => {
      current = null
      if (stopped) return
      if (again) run()
      else cancel = clock.after(milliseconds, run)
    })
  }

  return {
    soon() {
      if (stopped) return
      if (current !== null) again = true
      else run()
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      cancel()
      await current
    },
  }
}
