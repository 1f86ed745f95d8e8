// What can be wrong with a call, and which promise it breaks.
import type { Fault } from './compare.ts'

/** `call`: made at all; `request`: valid; `arrival`: what was given arrived; `credential`; `answer`: came back equal. */
export type Check = 'call' | 'request' | 'arrival' | 'credential' | 'answer'

export type Extent = 'all' | 'required'

export interface FoundFault extends Fault {
  readonly check: Check
}

export function found(check: Check, faults: readonly Fault[]): readonly FoundFault[] {
  return faults.map(fault => ({ check, ...fault }))
}
