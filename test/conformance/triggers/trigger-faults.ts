// What can be wrong with a trigger, and in which part of its life.
import type { Fault } from '../calls/compare.ts'

/** `begin`: subscribed, or polled first; `event`: told, typed; `state`: carried to the next poll; `end`: unsubscribed. */
export type Stage = 'begin' | 'event' | 'state' | 'end'

export interface TriggerFault extends Fault {
  readonly stage: Stage
}

export function at(stage: Stage, faults: readonly Fault[]): readonly TriggerFault[] {
  return faults.map(({ kind, detail }) => ({ stage, kind, detail }))
}
