// Requests and answers between their form on the wire and that of the messages to hooks.
import { randomUUID } from 'node:crypto'
import type { OpenConnection } from '../../connections/index.ts'
import { JunctorError } from '../../errors.ts'
import type { HookRequestMessage, HookResponseMessage, MessageToHooks } from '../../hook-messages.ts'
import type { Json } from '../../json.ts'
import { isHeaderName, isHeaderValue } from '../request/headers.ts'
import { callbackToken } from '../response/secret-texts.ts'
import type { WireAnswer } from '../transport/wire.ts'
import type { HookedCall } from './hooked-call.ts'

export function callMessage({ invocation, request, originalUrl, clock }: HookedCall): MessageToHooks {
  const { operation, connection } = invocation
  return {
    type: 'call',
    operationId: operation.id,
    correlationId: randomUUID(),
    request: {
      method: request.method,
      url: request.url.href,
      headers: Object.entries(request.headers),
      body: base64(request.payload ?? ''),
    },
    originalUrl,
    connectionParameters: connection ? revealed(connection) : {},
    callbackToken: invocation.callback ? callbackToken(invocation.callback) : null,
    now: clock.now(),
  }
}

function revealed({ parameters, secrets }: OpenConnection): Record<string, Json> {
  const open = Object.entries(secrets).map(([name, value]) => [name, value.reveal()] as const)
  return Object.fromEntries([...Object.entries(parameters), ...open])
}

/** Said of the bytes that came over the wire, which are decoded by now. */
const ofTheWire = new Set(['content-encoding', 'content-length', 'transfer-encoding', 'connection'])

export function sentMessage(ask: number, { status, headers, body }: WireAnswer): MessageToHooks {
  const kept = Object.entries(headers).filter(([name]) => !ofTheWire.has(name))
  return { type: 'sent', ask, response: { status, headers: kept, body: base64(body) } }
}

/** The hook's answer as the API's; `cut` where an answer that it is made of was. Throws for a status that is none. */
export function readAnswer(
  { status, headers, body }: HookResponseMessage,
  { url, cut }: Pick<WireAnswer, 'url' | 'cut'>,
): WireAnswer {
  if (status < 200 || status > 599) throw new Error(`There is no status ${status}.`)
  const named = headers.map(([name, value]) => [name.toLowerCase(), value] as const)
  return {
    status,
    headers: joined(named.filter(([name]) => !ofTheWire.has(name) && name !== 'set-cookie')),
    body: Buffer.from(body, 'base64'),
    cut,
    url,
  }
}

/** Headers of a request of the hook's. Throws ARGUMENT_INVALID for one that cannot be sent. */
export function readHeaders(headers: HookRequestMessage['headers']): Record<string, string> {
  // The hub frames what it sends itself.
  const own = headers.filter(([name]) => name.toLowerCase() !== 'host' && !ofTheWire.has(name.toLowerCase()))
  const wrong = own.find(([name, value]) => !isHeaderName(name) || !isHeaderValue(value))
  if (wrong)
    throw new JunctorError(
      'ARGUMENT_INVALID',
      `The hook sets the header ${JSON.stringify(wrong[0].slice(0, 80))}, which cannot be sent as it is; correct hooks.ts.`,
    )
  return joined(own)
}

/** Several of one name become one, as RFC 9110 §5.3 allows. */
function joined(headers: readonly (readonly [string, string])[]): Record<string, string> {
  const together = new Map<string, string>()
  for (const [name, value] of headers) {
    const before = together.get(name)
    together.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return Object.fromEntries(together)
}

function base64(data: Uint8Array | string): string {
  return Buffer.from(data).toString('base64')
}
