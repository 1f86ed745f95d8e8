// The way to the API: pools per origin whose sockets pass the egress guard, and substitutes for staging and tests.
import { Agent, buildConnector, Pool } from 'undici'
import type { EgressGuard } from '../egress/guard.ts'
import { targetOf } from '../egress/origin.ts'
import type { Substitutes } from '../egress/substitutes.ts'
import { exchange } from './exchange.ts'
import { exchangeFailure } from './failure.ts'
import type { Limits } from './limits.ts'
import type { WatchedSend } from './wire.ts'

export interface Upstream extends AsyncDisposable {
  readonly send: WatchedSend
}

/** Pools open on first use and end with the returned object. */
export function openUpstream(guard: EgressGuard, substitutes: Substitutes, limits: Limits): Upstream {
  const agent = new Agent({
    factory: origin =>
      new Pool(origin, { connect: guarded(guard, new URL(origin), limits), maxHeaderSize: 16_384 }),
  })
  return {
    send(request, signal, progress) {
      const { url } = request
      const substitute = substitutes.of(url)
      const { origin } = substitute ?? url
      const headers = substitute
        ? { 'x-forwarded-host': url.host, 'x-forwarded-proto': url.protocol.slice(0, -1) }
        : {}
      const failure = (error: unknown) => (signal.aborted ? error : exchangeFailure(error, url.origin))
      return exchange(request, { dispatcher: agent, origin, headers, limits, signal, progress, failure })
    },
    async [Symbol.asyncDispose]() {
      await agent.destroy()
    },
  }
}

/** A connector whose address is checked before (a literal is never looked up), while and after connecting. */
function guarded(guard: EgressGuard, origin: URL, limits: Limits): buildConnector.connector {
  const target = targetOf(origin)
  const connect = buildConnector({ timeout: limits.connectMs, lookup: guard.lookup(target), allowH2: false })
  return (options, callback) => {
    try {
      guard.check(target)
    } catch (error) {
      callback(asError(error), null)
      return
    }
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null)
      try {
        guard.checkSocket(target, socket)
      } catch (refused) {
        socket.destroy()
        return callback(asError(refused), null)
      }
      callback(null, socket)
    })
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
