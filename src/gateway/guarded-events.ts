// A stream whose reader must still be allowed to read it: asked before each event, and again and again while none
// comes, so that who lost access neither reads on nor keeps a feed collecting.
import type { Clock } from '../clock.ts'
import { isJunctorError } from '../errors.ts'
import type { Logger } from '../telemetry/index.ts'
import { type Events, mappedEvents } from './mapped-events.ts'

/** Milliseconds from one look at an idle stream's access to the next. */
const idleLook = 15_000

export interface Guard<T> {
  readonly source: AsyncIterable<T>
  /** Throws where the reader may not read any more. */
  readonly check: () => Promise<void>
  /** Runs once the stream is over; it must make a pending `next()` of the source settle. May run twice. */
  readonly stop: () => void
  readonly clock: Clock
  readonly logger: Logger
}

/** The source's values while `check` passes; then it fails with what `check` threw. */
export function guardedEvents<T>(guard: Guard<T>): Events<T> {
  const { check, clock, logger } = guard
  let refusal: { readonly error: unknown } | null = null
  let over = false
  let cancel = clock.after(idleLook, look)

  function stop(): void {
    over = true
    cancel()
    guard.stop()
  }

  function look(): void {
    void checkIdle().finally(() => {
      if (!over) cancel = clock.after(idleLook, look)
    })
  }

  async function checkIdle(): Promise<void> {
    try {
      await check()
    } catch (error) {
      if (isJunctorError(error) && error.code !== 'STORE_UNAVAILABLE') {
        refusal = { error }
        stop()
      } else logger.warn({ error }, 'Whether a stream may go on could not be found out; it is tried again.')
    }
  }

  const events = mappedEvents(
    guard.source,
    async value => {
      if (refusal === null) await check()
      return value
    },
    stop,
  )
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const result = await events.next()
      if (refusal !== null) throw refusal.error
      return result
    },
    return: () => events.return(),
  }
}
