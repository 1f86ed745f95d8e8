// The time a whole call may take, joined with the caller's own signal.
import type { Clock } from '../clock.ts'
import { JunctorError } from '../errors.ts'

export interface Deadline extends Disposable {
  /** Aborts when the caller does or the time is over, until it is disposed. */
  readonly signal: AbortSignal
}

/** Its signal's reason is UPSTREAM_TIMEOUT when the time was over. */
export function startDeadline(clock: Clock, milliseconds: number, caller: AbortSignal): Deadline {
  // By hand: what AbortSignal.any joins stays joined until the garbage collector comes by.
  const over = new AbortController()
  const onAbort = () => over.abort(caller.reason)
  if (caller.aborted) onAbort()
  else caller.addEventListener('abort', onAbort, { once: true })
  const cancel = clock.after(milliseconds, () =>
    over.abort(
      new JunctorError(
        'UPSTREAM_TIMEOUT',
        `The call took longer than ${Math.round(milliseconds / 1_000)} seconds in all and was given up; try again later.`,
      ),
    ),
  )
  return {
    signal: over.signal,
    [Symbol.dispose]() {
      cancel()
      caller.removeEventListener('abort', onAbort)
    },
  }
}
