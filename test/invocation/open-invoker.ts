// An invoker with a log and metrics that the test can read, and a clock that it can move.
import type { Clock } from '../../src/clock.ts'
import { systemClock } from '../../src/clock.ts'
import { isJunctorError, type JunctorError } from '../../src/errors.ts'
import { createInvoker, type Invoker, type InvokerOptions } from '../../src/invocation/index.ts'
import { createLogger, createMetrics, type Metrics } from '../../src/telemetry/index.ts'

export interface OpenedInvoker extends AsyncDisposable {
  readonly invoker: Invoker
  readonly metrics: Metrics
  /** All that was logged. */
  log(): string
}

export function openInvoker(options: Partial<InvokerOptions> = {}): OpenedInvoker {
  const lines: string[] = []
  const metrics = createMetrics()
  const invoker = createInvoker({
    allowPrivate: [],
    origins: [],
    clock: systemClock,
    logger: createLogger('trace', { write: (line: string) => void lines.push(line) }),
    metrics,
    webapps: { socketPath: () => Promise.reject(new Error('no webapp in this test')) },
    ...options,
  })
  return {
    invoker,
    metrics,
    log: () => lines.join(''),
    [Symbol.asyncDispose]: () => invoker[Symbol.asyncDispose](),
  }
}

/** A clock whose waits are over at once, and that counts them. Waits of a minute and more never end. */
export function impatientClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = []
  return {
    waits,
    now: Date.now,
    after(milliseconds, callback) {
      if (milliseconds >= 60_000) return () => {}
      waits.push(milliseconds)
      const timer = setImmediate(callback)
      return () => clearImmediate(timer)
    },
  }
}

export interface HandClock extends Clock {
  /** All that was waited for, over or not. Milliseconds. */
  readonly waits: number[]
  /** Moves the time, and ends what was waited for until then. */
  advance(milliseconds: number): void
}

/** A clock that stands still until the test moves it. */
export function handClock(): HandClock {
  const waiting = new Set<{ readonly due: number; readonly callback: () => void }>()
  let now = Date.parse('2030-01-01T00:00:00Z')
  const clock: HandClock = {
    waits: [],
    now: () => now,
    after(milliseconds, callback) {
      const waiter = { due: now + milliseconds, callback }
      clock.waits.push(milliseconds)
      waiting.add(waiter)
      return () => waiting.delete(waiter)
    },
    advance(milliseconds) {
      now += milliseconds
      for (const waiter of [...waiting].filter(({ due }) => due <= now)) {
        waiting.delete(waiter)
        waiter.callback()
      }
    },
  }
  return clock
}

/** The JunctorError that a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<JunctorError> {
  try {
    await call
  } catch (error) {
    if (isJunctorError(error)) return error
    throw error
  }
  throw new Error('the call succeeded')
}
