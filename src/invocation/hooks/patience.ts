// How long a hook may take between the answers it waits for; how long those take, the limits of sending say.
import type { Clock } from '../../clock.ts'

export interface Patience {
  /** The API is waited for: the hook's time stands still. */
  pause(): void
  /** It begins anew when all that was paused for is over. */
  resume(): void
  end(): void
}

export function createPatience(clock: Clock, milliseconds: number, over: () => void): Patience {
  let cancel = clock.after(milliseconds, over)
  let waiting = 0
  let ended = false
  return {
    pause() {
      waiting++
      cancel()
    },
    resume() {
      waiting--
      if (waiting === 0 && !ended) cancel = clock.after(milliseconds, over)
    },
    end() {
      ended = true
      cancel()
    },
  }
}
