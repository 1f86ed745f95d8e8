// Retries of safe calls: a broken connection or a gateway that is busy, twice at most.
import type { Clock } from '../../clock.ts'
import { isBrokenConnection } from './failure.ts'
import { retryAfterSeconds } from './retry-after.ts'
import type { Send, WireAnswer } from './wire.ts'

const busy = new Set([502, 503, 504])
const waits = [250, 1_000] as const
/** Someone is waiting for the answer: an API that asks for more is reported instead. */
const longestWaitMs = 5_000

/** `send` that tries again. For safe operations only. */
export function retrying(send: Send, clock: Clock): Send {
  return async (request, signal) => {
    for (const wait of waits) {
      const outcome = await attempt(() => send(request, signal), wait, clock)
      if (typeof outcome !== 'number') return outcome
      await sleep(outcome, clock, signal)
    }
    return send(request, signal)
  }
}

/** The answer, or the milliseconds to wait before the next attempt. */
async function attempt(
  send: () => Promise<WireAnswer>,
  wait: number,
  clock: Clock,
): Promise<WireAnswer | number> {
  try {
    const answer = await send()
    if (!busy.has(answer.status)) return answer
    const seconds = retryAfterSeconds(answer.headers['retry-after'], clock)
    const delay = Math.max(wait, (seconds ?? 0) * 1_000)
    return delay > longestWaitMs ? answer : delay
  } catch (error) {
    if (isBrokenConnection(error)) return wait
    throw error
  }
}

function sleep(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = () => {
      cancel()
      reject(signal.reason)
    }
    const cancel = clock.after(milliseconds, () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    signal.addEventListener('abort', stop, { once: true })
  })
}
