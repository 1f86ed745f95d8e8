// A way to poll: asks the API once, says which events that gave and what the next poll goes on from.
import type { InvocationResult, WireArguments } from '../../invocation/index.ts'
import type { Json, JsonObject } from '../../json.ts'
import type { FeedStart, PollingRole, Trigger } from '../feeds/index.ts'
import type { NewEvent } from '../log/index.ts'

export interface PollContext {
  readonly trigger: Trigger & { readonly role: PollingRole }
  readonly arguments: WireArguments
  /** What the first poll does with items that are already there. */
  readonly start: FeedStart
  /** Calls the trigger's operation: with the bound arguments and these query parameters, or at this URL. */
  call(how?: PollCall): Promise<InvocationResult>
}

export interface PollCall {
  readonly url?: string
  readonly query?: JsonObject
  /** What the API gave with its last answer to the same call: 304 is an answer then. */
  readonly ifNoneMatch?: string
}

export interface PollResult {
  /** Oldest first. */
  readonly events: readonly NewEvent[]
  /** What the next poll goes on from; committed together with the events. */
  readonly state: Json
  /** What the API asked for; null where it did not. */
  readonly retryAfterSeconds: number | null
  /** There is more to fetch at once. */
  readonly more: boolean
  /** The HTTP status that answered. */
  readonly status: number
}

/** Implementations hold no state: all of it is in `state`, null before the first poll. They throw what `call` throws. */
export interface Poller {
  poll(context: PollContext, state: Json): Promise<PollResult>
}
