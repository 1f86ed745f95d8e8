// Pollers: an open way to call an API and what was left from the last poll flow in; events and the next state flow out.
import type { Clock } from '../../clock.ts'
import type { PollingRole } from '../feeds/index.ts'
import type { Poller } from './contract.ts'
import { policyPoller } from './policy.ts'
import { protocolPoller } from './protocol.ts'

export type { PollContext, Poller, PollResult } from './contract.ts'

/** One poller for each style of polling. */
export function createPollers(clock: Clock): Readonly<Record<PollingRole['style'], Poller>> {
  return { policy: policyPoller(clock), protocol: protocolPoller(clock) }
}
