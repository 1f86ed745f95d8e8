// A call that a connector's hooks make in the place of its script (connector-format §10): the request goes to their
// process, what they send comes back here and passes all that a call of the hub's own passes, their answer is the API's.
import type { Socket } from 'node:net'
import type { Clock } from '../../clock.ts'
import { isJunctorError, JunctorError } from '../../errors.ts'
import { type MessageToHub, printHookMessage, readMessagesToHub } from '../../hook-messages.ts'
import type { Invocation } from '../invocation.ts'
import type { Limits } from '../transport/limits.ts'
import type { WireAnswer, WireRequest } from '../transport/wire.ts'
import { callMessage, readAnswer, sentMessage } from './hook-wire.ts'
import { notificationUrl } from './notification-url.ts'
import { openSocket } from './open-socket.ts'
import { createPatience, type Patience } from './patience.ts'
import type { HookSender } from './sender.ts'

export interface HookedCall {
  readonly invocation: Invocation
  readonly request: WireRequest
  /** The URL before policies changed it. */
  readonly originalUrl: string
  /** Starts the process where it sleeps. Throws WEBAPP_UNAVAILABLE. */
  readonly socketPath: () => Promise<string>
  readonly send: HookSender
  readonly clock: Clock
  readonly limits: Limits
}

/** A hook that asks for more has run wild; the largest scripts of the public catalogue make a dozen calls. */
const mostSends = 100
/** The others wait, so that no hook fills the hub with answers. */
const mostAtOnce = 8

/**
 * Makes the call. Throws HOOK_FAILED, and what a send of the hook's failed with where the hook let that through;
 * rejects with the signal's reason.
 */
export async function hookedCall(call: HookedCall, signal: AbortSignal): Promise<WireAnswer> {
  const socket = await openSocket(call.socketPath, call.clock, signal).catch(error => {
    throw isJunctorError(error) || signal.aborted ? error : failed(call.invocation, 'broke off the call')
  })
  const ended = new AbortController()
  const result = Promise.withResolvers<WireAnswer>()
  const stop = () => result.reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const seconds = call.limits.hookMs / 1_000
  const patience = createPatience(call.clock, call.limits.hookMs, () =>
    result.reject(failed(call.invocation, `took more than ${seconds} seconds without waiting for the API`)),
  )
  try {
    signal.throwIfAborted()
    serveHook(socket, call, { patience, signal: AbortSignal.any([signal, ended.signal]), result })
    socket.write(printHookMessage(callMessage(call)))
    return await result.promise
  } finally {
    // Whatever it still waits for or asks for concerns nobody any more.
    ended.abort()
    socket.destroy()
    patience.end()
    signal.removeEventListener('abort', stop)
  }
}

interface Serving {
  readonly patience: Patience
  /** Aborts with the call. */
  readonly signal: AbortSignal
  readonly result: PromiseWithResolvers<WireAnswer>
}

type Ask = MessageToHub & { readonly ask: number; readonly type: 'send' | 'notification' }

/** Does what the hook asks for until it is done. */
function serveHook(socket: Socket, call: HookedCall, { patience, signal, result }: Serving): void {
  const { invocation, limits } = call
  const fail = (why: string) => result.reject(failed(invocation, why))
  /** By the number of what was asked for. */
  const refusals = new Map<number, unknown>()
  const waiting: Ask[] = []
  let asks = 0
  let running = 0
  let cut = false

  const answer = async (message: Ask): Promise<void> => {
    try {
      if (message.type === 'notification') {
        const url = notificationUrl(invocation, message.relative)
        socket.write(printHookMessage({ type: 'notification', ask: message.ask, url }))
        return
      }
      const sent = await call.send(message.request, message.redirect, signal)
      cut ||= sent.cut
      socket.write(printHookMessage(sentMessage(message.ask, sent)))
    } catch (error) {
      if (signal.aborted) return
      refusals.set(message.ask, error)
      const { code, message: text } = isJunctorError(error) ? error : failed(invocation, 'could not send')
      socket.write(printHookMessage({ type: 'refused', ask: message.ask, code, message: text }))
    }
  }
  /** A hook that does not take its answers gets no more of them. */
  const next = (): void => {
    while (running < mostAtOnce && socket.writableLength <= limits.responseBytes) {
      const message = waiting.shift()
      if (!message || signal.aborted) return
      running++
      patience.pause()
      void answer(message).finally(() => {
        running--
        patience.resume()
        next()
      })
    }
  }
  const take = (message: MessageToHub): void => {
    if (message.type === 'done') result.resolve(readAnswer(message.response, { url: call.request.url, cut }))
    else if (message.type === 'threw')
      result.reject(refusals.get(message.ask ?? 0) ?? failed(invocation, 'failed'))
    else if (++asks > mostSends) fail(`asked for more than ${mostSends} calls`)
    else {
      waiting.push(message)
      next()
    }
  }
  // Base64 is a third longer, and headers come with it.
  const read = readMessagesToHub(limits.responseBytes * 1.5)
  socket.on('data', chunk => {
    if (signal.aborted) return
    try {
      read(chunk).forEach(take)
    } catch {
      fail(`answered or sent what cannot be read, or more than ${limits.responseBytes} bytes`)
    }
  })
  socket.on('drain', next)
  socket.on('error', () => fail('broke off the call'))
  socket.on('close', () => fail('broke off the call'))
}

function failed({ definition, operation }: Invocation, what: string): JunctorError {
  return new JunctorError(
    'HOOK_FAILED',
    `The hook that stands in for the script of ${operation.id} of ${definition.title} ${what}; see the hub's log, and correct its hooks.ts.`,
  )
}
