// One subscription's end of a WebSocket: graphql-ws messages made of payloads that are shared, without making them
// anew for each client (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md#next).
import type { WebSocket } from 'ws'
import { mostUntaken, type Sink } from '../delivery/sink.ts'

const tail = Buffer.from('}')
/** Try again later: clients that retry do so after it (https://www.iana.org/assignments/websocket). */
export const tryAgainLater = 1013

export function webSocketSink(socket: WebSocket, id: string): Sink {
  const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`)
  let left = Promise.resolve()
  return {
    send({ json }) {
      if (socket.readyState !== socket.OPEN) return true
      const message = Buffer.allocUnsafe(head.length + json.length + tail.length)
      head.copy(message)
      json.copy(message, head.length)
      tail.copy(message, head.length + json.length)
      if (socket.bufferedAmount + message.length <= mostUntaken) {
        socket.send(message, { binary: false })
        return true
      }
      left = new Promise(resolve => {
        socket.send(message, { binary: false }, () => resolve())
      })
      return socket.bufferedAmount <= mostUntaken
    },
    drained: () => left,
    drop: reason => socket.close(tryAgainLater, reason),
  }
}
