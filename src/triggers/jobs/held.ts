// What a piece of work is done under.
import type { Lease } from '../schedule/index.ts'

export interface Held {
  readonly lease: Lease
  readonly signal: AbortSignal
  /** Throws, with the signal aborted, where the lease may have run out. */
  readonly assertHeld: () => void
}
