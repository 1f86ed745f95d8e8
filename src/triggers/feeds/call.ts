// Calls of a feed's own operation, with its connection opened anew for each.
import type { ConnectionId, OpenConnection } from '../../connections/index.ts'
import type { Invocation, InvocationResult, Invoker } from '../../invocation/index.ts'
import { connectionIdOf, type FeedRow } from './feed-row.ts'
import type { Trigger } from './trigger.ts'

export interface CallOptions {
  readonly invoker: Pick<Invoker, 'call'>
  /** Throws CONNECTION_INACTIVE where the connection may not be used now. */
  readonly openConnection: (id: ConnectionId) => Promise<OpenConnection>
}

export type FeedCall = ReturnType<typeof createFeedCall>

export interface CallUnder extends Pick<Invocation, 'signal' | 'watch'> {
  /** Throws where somebody else may be making this call by now. */
  readonly assertHeld?: () => void
}

export function createFeedCall({ invoker, openConnection }: CallOptions) {
  return async function call(
    row: FeedRow,
    { definition, operation }: Trigger,
    {
      assertHeld,
      ...how
    }: Pick<Invocation, 'arguments' | 'url' | 'method' | 'accept' | 'ifNoneMatch' | 'callback'> & CallUnder,
  ): Promise<InvocationResult> {
    const id = connectionIdOf(row)
    const connection = id === null ? null : await openConnection(id)
    assertHeld?.()
    return invoker.call({ definition, operation, connection, ...how })
  }
}
