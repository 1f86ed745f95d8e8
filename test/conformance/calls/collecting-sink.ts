// A client that takes whatever is sent to it, as results in their order.
import type { ExecutionResult } from 'graphql'
import type { Sending, Sink } from '../../../src/gateway/delivery/sink.ts'

export interface CollectingSink extends Sink {
  /** The results that are sent while `sending` goes on. */
  results(sending: Sending): AsyncIterableIterator<ExecutionResult>
}

export function collectingSink(parse: (json: string) => ExecutionResult): CollectingSink {
  const sent: ExecutionResult[] = []
  let wake: () => void = () => undefined
  return {
    send({ json }) {
      sent.push(parse(json.toString()))
      wake()
      return true
    },
    drained: async () => undefined,
    drop: reason => {
      throw new Error(reason)
    },
    async *results(sending) {
      let over = false
      const ended = sending.next().then(() => {
        over = true
        wake()
      })
      // Told by the race below, to whoever waits then.
      ended.catch(() => {})
      try {
        for (;;) {
          const next = sent.shift()
          if (next) yield next
          else if (over) return
          else await Promise.race([ended, new Promise<void>(resolve => (wake = resolve))])
        }
      } finally {
        await sending.return()
      }
    },
  }
}
