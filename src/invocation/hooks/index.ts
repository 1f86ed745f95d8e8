// Hooks: a call whose operation they stand in for flows out to their process instead of to the API.
import type { Clock } from '../../clock.ts'
import type { Substitutes } from '../egress/substitutes.ts'
import type { Invocation, WebappSockets } from '../invocation.ts'
import type { Draft } from '../request/draft.ts'
import { plainUrl } from '../request/target.ts'
import { callerOf, type Kindness, type SendHow } from '../transport/kindness.ts'
import type { Limits } from '../transport/limits.ts'
import type { Upstream } from '../transport/upstream.ts'
import type { Send } from '../transport/wire.ts'
import { hookedCall } from './hooked-call.ts'
import { hookSender } from './sender.ts'

export { relayThroughHooks } from './relay.ts'

interface HookMeans {
  readonly upstream: Pick<Upstream, 'send'>
  readonly kindness: Kindness
  readonly hooks: WebappSockets
  readonly substitutes: Substitutes
  readonly clock: Clock
  readonly limits: Limits
}

/**
 * How the operation's own call is sent where a hook stands in for its script; undefined where none does. `draft` is the
 * request before policies change it. Ending a registration is a call of the hub's, which no script knows.
 */
export function throughHooks(invocation: Invocation, draft: Draft, means: HookMeans): Send | undefined {
  const { definition, operation, connection } = invocation
  const hooked = definition.hooks?.operations.includes(operation.id) === true
  if (!hooked || invocation.method === 'DELETE') return undefined
  const originalUrl = plainUrl(draft)
  return async (request, signal) => {
    const socketPath = () => means.hooks.socketPath(definition, connection?.authentication.name ?? null)
    const caller = callerOf(invocation)
    const sender = (how: SendHow) => means.kindness.sender(means.upstream.send, caller, how)
    const send = hookSender(request, sender, means.substitutes)
    const { clock, limits } = means
    return hookedCall({ invocation, request, originalUrl, socketPath, send, clock, limits }, signal)
  }
}
