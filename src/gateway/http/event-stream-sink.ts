// One client's end of a stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
// The cursor is each event's id, so that a client that reconnects with Last-Event-ID goes on behind it.
import type { ServerResponse } from 'node:http'
import { mostUntaken, type Payload, type Sink } from '../delivery/sink.ts'

const messages = new WeakMap<Payload, Buffer>()
const tail = Buffer.from('\n\n')

/** The same bytes for every client. */
function messageOf(payload: Payload): Buffer {
  const made =
    messages.get(payload) ??
    Buffer.concat([Buffer.from(`event: next\nid: ${payload.cursor}\ndata: `), payload.json, tail])
  messages.set(payload, made)
  return made
}

/** `end` ends the response, now. */
export function eventStreamSink(response: ServerResponse, end: () => void): Sink {
  let left = Promise.resolve()
  return {
    send(payload) {
      if (response.writableEnded || response.destroyed) return true
      left = new Promise(resolve => {
        response.write(messageOf(payload), () => resolve())
      })
      return response.writableLength <= mostUntaken
    },
    drained: () => left,
    drop(reason) {
      // A comment, and no `complete`: clients reconnect, with the id of the last event that they had.
      response.write(`: ${reason}\n\n`)
      end()
    },
  }
}
