// What a request waits for ends when its caller goes away, and when the hub does not wait any longer.
import type { FastifyReply } from 'fastify'

/** Gives each request the signal that aborts then; `ending` aborts all of them, with its reason. */
export function createRequestSignals(ending: AbortSignal): (reply: FastifyReply) => AbortSignal {
  const inFlight = new Set<AbortController>()
  ending.addEventListener('abort', () => {
    for (const request of inFlight) request.abort(ending.reason)
  })
  return reply => {
    const gone = new AbortController()
    inFlight.add(gone)
    const end = (): void => {
      inFlight.delete(gone)
      // Nobody waits for anything of a request that was answered.
      if (!reply.raw.writableFinished) gone.abort()
    }
    if (reply.raw.destroyed) end()
    else reply.raw.once('close', end)
    return gone.signal
  }
}
