// A notification through a script (connector-format §5.2): an API delivers to an address that `createNotificationUri`
// made, and the hook of the operation at its path makes of it what it sends on to the callback URL. That is the hub
// itself, so nothing leaves it; whoever takes the events decides when the API is told that they are taken.
import { JunctorError } from '../../errors.ts'
import type { Invocation, Notification, Relayed } from '../invocation.ts'
import type { WireAnswer } from '../transport/wire.ts'
import { type HookedCall, hookedCall } from './hooked-call.ts'
import type { HookSender } from './sender.ts'

/** Throws as `Invoker.relay` says, and rejects with the signal's reason. */
export async function relayThroughHooks(
  invocation: Invocation,
  { method, url, headers, body }: Notification,
  means: Pick<HookedCall, 'socketPath' | 'clock' | 'limits'>,
  signal: AbortSignal,
): Promise<Relayed> {
  const events: Relayed['events'][number][] = []
  const send: HookSender = async request => {
    const target = URL.canParse(request.url) ? new URL(request.url) : null
    if (!target || target.href !== addressOf(invocation)?.href) throw elsewhere(invocation)
    const named = request.headers.map(([name, value]) => [name.toLowerCase(), value] as const)
    events.push({ headers: Object.fromEntries(named), body: Buffer.from(request.body, 'base64') })
    return taken(target)
  }
  const request = { method, url: new URL(url), headers: { ...headers }, payload: body, queryCredentials: [] }
  const call = { ...means, invocation, request, originalUrl: url, send }
  const answer = await hookedCall(call, signal)
  return { events, answer: { status: answer.status, body: Buffer.from(answer.body).toString('utf8') } }
}

function addressOf({ callback }: Invocation): URL | null {
  return callback ? new URL(callback.reveal()) : null
}

function taken(url: URL): WireAnswer {
  return { status: 202, headers: {}, body: new Uint8Array(), cut: false, url }
}

function elsewhere({ definition, operation }: Invocation): JunctorError {
  return new JunctorError(
    'EGRESS_REFUSED',
    `The hook of ${operation.id} of ${definition.title} sends what the hub was notified of elsewhere than to the webhook itself; let it send to createNotificationUri('') or to the address that it replaced.`,
  )
}
