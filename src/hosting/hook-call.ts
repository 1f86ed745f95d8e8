// One call of a connector's hooks, on the socket that the hub opened for it.
import { Buffer } from 'node:buffer'
import { createHash, createHmac } from 'node:crypto'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import {
  type HookRequestMessage,
  type HookResponseMessage,
  type MessageToHooks,
  type MessageToHub,
  printHookMessage,
  readMessagesToHooks,
} from '../hook-messages.ts'
import { parseJson, printJson } from '../json.ts'
import type { HookContext, HookRequest, HookResponse, Hooks } from './hooks.ts'
import type { Reporter } from './reporter.ts'

/** Lines of one call: the hub's log is not a hook's to fill. */
const mostLogs = 100

type Call = MessageToHooks & { readonly type: 'call' }
type Answer = MessageToHooks & { readonly type: 'sent' | 'notification' }
type Ask = MessageToHub & { readonly type: 'send' | 'notification' } extends infer Message
  ? Message extends { readonly ask: number }
    ? Omit<Message, 'ask'>
    : never
  : never

/** What the hub refused: thrown at the hook where it asked, and told by its number where the hook lets it through. */
class Refusal extends Error {
  readonly ask: number
  readonly code: string
  constructor(ask: number, code: string, message: string) {
    super(message)
    this.ask = ask
    this.code = code
  }
}

/** Answers the call that comes on the socket. A closed socket aborts it. */
export function answerCall(socket: Socket, hooks: Hooks, reporter: Reporter): void {
  const abort = new AbortController()
  const asked = new Map<number, PromiseWithResolvers<Answer>>()
  const read = readMessagesToHooks()
  const say = (message: MessageToHub) => void socket.write(printHookMessage(message))
  let asks = 0

  const ask = async (what: Ask): Promise<Answer> => {
    const answer = Promise.withResolvers<Answer>()
    asks++
    asked.set(asks, answer)
    say({ ...what, ask: asks })
    return answer.promise
  }
  const run = async (call: Call): Promise<void> => {
    reporter.learn(call.connectionParameters)
    if (call.callbackToken !== null) reporter.learn({ callback: call.callbackToken })
    try {
      const response = await hooks.call(contextOf(call, ask, abort.signal, reporter))
      say({ type: 'done', response: { status: response.status, ...toMessage(response) } })
    } catch (error) {
      if (abort.signal.aborted) return
      if (!(error instanceof Refusal)) reporter.threw(error)
      say({ type: 'threw', ask: error instanceof Refusal ? error.ask : null })
    }
    socket.end()
  }
  const settle = (message: MessageToHooks): void => {
    if (message.type === 'call') void run(message)
    else if (message.type === 'refused')
      asked.get(message.ask)?.reject(new Refusal(message.ask, message.code, message.message))
    else asked.get(message.ask)?.resolve(message)
  }
  socket.on('data', chunk => read(Buffer.from(chunk)).forEach(settle))
  socket.on('close', () => abort.abort())
  // The hub closed it: nobody to answer, nothing to report.
  socket.on('error', () => {})
}

function contextOf(
  call: Call,
  ask: (what: Ask) => Promise<Answer>,
  signal: AbortSignal,
  reporter: Reporter,
): HookContext {
  const { operationId, correlationId, originalUrl, connectionParameters } = call
  const began = performance.now()
  let logged = 0
  return {
    operationId,
    correlationId,
    originalUrl,
    connectionParameters,
    request: requestOf(call.request),
    async send({ method, url, ...rest }, { redirect } = { redirect: 'follow' }) {
      const request = { method, url, ...toMessage(rest) }
      const answer = await ask({ type: 'send', request, redirect })
      if (answer.type !== 'sent') throw new Error('The hub answered something else than was asked for.')
      return responseOf(answer.response)
    },
    async createNotificationUri(relative) {
      const answer = await ask({ type: 'notification', relative })
      if (answer.type !== 'notification')
        throw new Error('The hub answered something else than was asked for.')
      return answer.url
    },
    log(message, facts) {
      logged++
      if (logged <= mostLogs) reporter.log(message, facts)
    },
    signal,
    crypto: {
      hash: (algorithm, data) => new Uint8Array(createHash(algorithm).update(data).digest()),
      hmac: (algorithm, key, data) => new Uint8Array(createHmac(algorithm, key).update(data).digest()),
    },
    base64: {
      encode: data => Buffer.from(data).toString('base64'),
      decode: text => new Uint8Array(Buffer.from(text, 'base64')),
    },
    json: {
      parse: data => parseJson(typeof data === 'string' ? data : new TextDecoder().decode(data)),
      print: value => new TextEncoder().encode(printJson(value)),
    },
    now: () => new Date(call.now + performance.now() - began),
  }
}

function toMessage({ headers, body }: Pick<HookResponse, 'headers' | 'body'>): {
  headers: [string, string][]
  body: string
} {
  return { headers: [...headers], body: Buffer.from(body).toString('base64') }
}

function requestOf({ method, url, headers, body }: HookRequestMessage): HookRequest {
  return { method, url, headers: new Headers(headers), body: new Uint8Array(Buffer.from(body, 'base64')) }
}

function responseOf({ status, headers, body }: HookResponseMessage): HookResponse {
  return { status, headers: new Headers(headers), body: new Uint8Array(Buffer.from(body, 'base64')) }
}
